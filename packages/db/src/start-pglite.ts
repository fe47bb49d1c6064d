import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';

/** Starts PGlite on a directory, with what the migrations need. An empty or missing directory becomes a new database. */
export async function startPGlite(directory: string): Promise<PGlite> {
  const pglite = await PGlite.create({ dataDir: directory, extensions: { pg_trgm } });
  // Prisma's adapter reads and writes times as if the session were in UTC.
  await pglite.exec(`SET TimeZone TO 'UTC'`);
  return pglite;
}
