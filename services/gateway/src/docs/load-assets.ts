import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DOCS_STARTER, DOCS_STYLE } from './docs-page.ts';

/** A file of the documentation page. */
export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** Our own files; the others are Swagger UI's. */
const OWN: Readonly<Record<string, string>> = { 'start.js': DOCS_STARTER, 'page.css': DOCS_STYLE };
const TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const compress = promisify(gzip);
const loaded = new Map<string, Promise<Asset>>();

/**
 * Loads a file that the documentation page asks for; each is read once. Swagger UI is installed as a package, so nothing comes from
 * any other place at run time.
 * @returns null for a name that the page does not use
 */
export function loadAsset(name: string): Promise<Asset> | null {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) return null;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const loading = load(name, type);
  loaded.set(name, loading);
  return loading;
}

async function load(name: string, type: string): Promise<Asset> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const own = OWN[name];
  const bytes = own === undefined ? await readFile(join(folder, name)) : Buffer.from(own);
  return { type, bytes, gzipped: await compress(bytes) };
}
