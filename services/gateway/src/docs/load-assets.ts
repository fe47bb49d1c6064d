import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of the documentation page. */
export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

const STARTER_NAME = 'start.js';
const TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  [STARTER_NAME]: 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const compress = promisify(gzip);
const loaded = new Map<string, Promise<Asset>>();

/**
 * Loads a file that the documentation page asks for; each is read once. Swagger UI is installed as a package, so nothing comes from
 * any other place at run time.
 * @param starter the script that starts the page
 * @returns null for a name that the page does not use
 */
export function loadAsset(name: string, starter: string): Promise<Asset> | null {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) return null;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const loading = load(name, type, starter);
  loaded.set(name, loading);
  return loading;
}

async function load(name: string, type: string, starter: string): Promise<Asset> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const bytes = name === STARTER_NAME ? Buffer.from(starter) : await readFile(join(folder, name));
  return { type, bytes, gzipped: await compress(bytes) };
}
