import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestEnvironment } from 'jest-environment-node';

const require = createRequire(fileURLToPath(new URL('../packages/db/package.json', import.meta.url)));

/** @type {Promise<WebAssembly.Module[]> | undefined} */
let compiled;

/**
 * Node's environment, in which suites of one worker share the code of the embedded database: V8 gives equal bytes the code that
 * it has compiled and optimised already, as long as somebody holds it. Without this each suite would begin anew.
 */
// Jest wants it so.
export default class GatehouseEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    compiled ??= compileDatabase();
    await compiled;
  }
}

function compileDatabase() {
  const folder = dirname(require.resolve('@electric-sql/pglite'));
  const files = ['pglite.wasm'].map((name) => join(folder, name));
  return Promise.all(files.map(async (file) => WebAssembly.compile(await readFile(file))));
}
