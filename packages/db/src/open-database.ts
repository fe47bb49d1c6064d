import { rememberConnection } from './connection.ts';
import { createDatabase, type Database } from './database.ts';
import type { DatabaseLog } from './log.ts';
import { openEmbedded, openTemporary } from './open-embedded.ts';
import { createPostgresAdapter } from './postgres-adapter.ts';
import { transactOnPostgres } from './postgres-transaction.ts';
import { runOnPostgres } from './raw-postgres.ts';

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
 * they are needed, and made anew after it was away. The tables are `migrate()`'s affair.
 * @throws DataDirInUse, Error when neither place is given
 */
export async function openDatabase({ databaseUrl, dataDir, log, poolSize = 10 }: DatabaseOptions): Promise<Database> {
  if (databaseUrl === 'memory:') return openTemporary();
  if (databaseUrl !== undefined) return openPostgres(databaseUrl, poolSize, log);
  if (dataDir !== undefined) return openEmbedded(dataDir);
  throw new Error('Either a database URL or a data directory is needed.');
}

function openPostgres(url: string, poolSize: number, log: DatabaseLog): Database {
  const { pool, factory } = createPostgresAdapter(url, poolSize, (error) => {
    log.warn({ error: error.message }, 'A database connection at rest broke.');
  });
  const database = createDatabase({
    kind: 'postgres',
    adapter: factory,
    plainSql: {
      run: (sql) => runOnPostgres(pool, sql),
      transact: (timeoutMs, work) => transactOnPostgres(pool, timeoutMs, work),
    },
    pool: () => ({ max: poolSize, total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  });
  rememberConnection(database, { kind: 'postgres', url });
  return database;
}
