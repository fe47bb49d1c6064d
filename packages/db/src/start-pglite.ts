import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';

/** Starts PGlite on a directory, with what the migrations need. An empty or missing directory becomes a new database. */
export async function startPGlite(directory: string): Promise<PGlite> {
  return inUtc(await PGlite.create({ dataDir: directory, extensions: { pg_trgm } }));
}

/**
 * Starts PGlite without a directory: twice as quick as with one.
 * @param archive a directory's content as a tar; without it the database is new
 */
export async function startPGliteInMemory(archive?: Blob): Promise<PGlite> {
  // What is in memory already gains nothing from a large cache of pages, which would only have to be zeroed.
  const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB'];
  return inUtc(await PGlite.create({ ...(archive && { loadDataDir: archive }), extensions: { pg_trgm }, startParams }));
}

async function inUtc(pglite: PGlite): Promise<PGlite> {
  // Prisma's adapter reads and writes times as if the session were in UTC.
  await pglite.exec(`SET TimeZone TO 'UTC'`);
  return pglite;
}
