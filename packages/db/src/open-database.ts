import type { Database } from './database.ts';
import type { DatabaseLog } from './log.ts';

/** Where the database is. */
export interface DatabaseOptions {
  /** `postgres://…`, or `memory:` for an embedded one that is gone when it is closed (tests). */
  readonly databaseUrl?: string | undefined;
  /** Without a URL: the embedded database lives in `pg` of this directory. */
  readonly dataDir?: string | undefined;
  readonly log: DatabaseLog;
  /** Connections to PostgreSQL at most (10). */
  readonly poolSize?: number | undefined;
}

/**
 * Opens PostgreSQL when a URL is given, else the embedded database. PostgreSQL need not answer yet: connections are made as
 * they are needed, and made anew after it was away. The tables are `migrate()`'s affair. Only the driver that is wanted is loaded.
 * @throws DataDirInUse, Error when neither place is given
 */
export async function openDatabase({ databaseUrl, dataDir, log, poolSize = 10 }: DatabaseOptions): Promise<Database> {
  if (databaseUrl !== undefined && databaseUrl !== 'memory:') {
    const { openPostgres } = await import('./open-postgres.ts');
    return openPostgres(databaseUrl, poolSize, log);
  }
  const { openEmbedded, openTemporary } = await import('./open-embedded.ts');
  if (databaseUrl !== undefined) return openTemporary();
  if (dataDir !== undefined) return openEmbedded(dataDir);
  throw new Error('Either a database URL or a data directory is needed.');
}
