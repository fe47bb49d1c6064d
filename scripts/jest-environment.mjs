import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TestEnvironment } from 'jest-environment-node';
import { reuseCompiledCode } from './reuse-compiled-code.mjs';

reuseCompiledCode();

const require = createRequire(fileURLToPath(new URL('../packages/db/package.json', import.meta.url)));

/** @type {ReturnType<typeof loadDatabase> | undefined} */
let database;

/**
 * The storages that the suite of the moment has used.
 * @type {Set<AsyncLocalStorage<unknown>>}
 */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
/** @this {AsyncLocalStorage<unknown>} */
AsyncLocalStorage.prototype.run = function runAndRemember(/** @type {[any, any]} */ ...args) {
  storages.add(this);
  return run.apply(this, args);
};

/**
 * Node's environment, and what makes many suites in one worker as quick as one in each:
 *
 * - They share the embedded database's JavaScript, loaded outside of their contexts, and its code: V8 gives equal bytes the code
 *   that it has compiled and optimised already, as long as somebody holds it. Without this each suite would begin anew, cold.
 *   `scripts/embedded-database.cjs` hands it to them. Each database is still an instance of its own.
 * - They share what V8 made of the modules in node_modules: see `reuseCompiledCode`.
 * - Jest's runner brings an AsyncLocalStorage of its own with every suite, and Node carries each that was ever used through every
 *   promise that is made: those of suites that are over are switched off.
 */
// Jest wants it so.
export default class GatehouseEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    database ??= loadDatabase();
    const { pglite } = await database;
    this.global.gatehousePglite = pglite;
  }

  /** @override */
  async teardown() {
    await super.teardown();
    for (const storage of storages) storage.disable();
    storages.clear();
  }
}

async function loadDatabase() {
  const main = require.resolve('@electric-sql/pglite');
  const code = await WebAssembly.compile(await readFile(join(dirname(main), 'pglite.wasm')));
  return { code, pglite: await import(pathToFileURL(main).href.replace(/cjs$/, 'js')) };
}
