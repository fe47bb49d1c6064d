// The least that a start of the standalone can be: PGlite opens the directory that DATABASE names, with what Gatehouse opens it with,
// and answers one question. Nothing of Gatehouse is loaded.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--wasm-tiering-budget=18000000');
const database = createRequire(new URL('../../packages/db/package.json', import.meta.url));
const load = (/** @type {string} */ name) => import(pathToFileURL(database.resolve(name)).href);
const { PGlite } = await load('@electric-sql/pglite');
const { pg_trgm } = await load('@electric-sql/pglite/contrib/pg_trgm');

const pglite = await PGlite.create({
  dataDir: process.env.DATABASE ?? '',
  extensions: { pg_trgm },
  startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
});
await pglite.query('SELECT 1');
console.log('ready');
setInterval(() => undefined, 1_000);
