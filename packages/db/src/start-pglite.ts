import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { createImageFilesystem } from './memory-image.ts';

// V8 compiles a function of WebAssembly a second time, better, once so much of it has run: more than it would take by itself. A start
// runs everything a little, and would compile beside its own work what is not needed again for long.
setFlagsFromString('--wasm-tiering-budget=18000000');

/** Starts PGlite on a directory, with what the migrations need. An empty or missing directory becomes a new database. */
export async function startPGlite(directory: string): Promise<PGlite> {
  // Enough for a guest house: the files are in the system's own cache too. The default of 128 MB would be zeroed and held from the start.
  return inUtc(await PGlite.create({ dataDir: directory, extensions: { pg_trgm }, startParams: withBuffers('16MB') }));
}

/**
 * Starts PGlite without a directory: several times as quick as with one.
 * @param image a file of `writeMemoryImage`; when it is not there the database is new
 */
export async function startPGliteInMemory(image: string): Promise<PGlite> {
  // What is in memory already gains nothing from a large cache of pages, which would only have to be zeroed.
  const fs = await createImageFilesystem(image);
  return inUtc(await PGlite.create({ fs, extensions: { pg_trgm }, startParams: withBuffers('8MB') }));
}

/** @param size of the cache of pages, as PostgreSQL writes it */
function withBuffers(size: string): string[] {
  return [...PGlite.defaultStartParams, '-c', `shared_buffers=${size}`];
}

async function inUtc(pglite: PGlite): Promise<PGlite> {
  // Prisma's adapter reads and writes times as if the session were in UTC.
  await pglite.exec(`SET TimeZone TO 'UTC'`);
  return pglite;
}
