import { rememberConnection } from './connection.ts';
import { createDatabase, type Database } from './database.ts';
import type { DatabaseLog } from './log.ts';
import { createPostgresAdapter } from './postgres-adapter.ts';
import { transactOnPostgres } from './postgres-transaction.ts';
import { runOnPostgres } from './raw-postgres.ts';

/** Opens PostgreSQL at a URL: connections are made as they are needed, `poolSize` at most. */
export function openPostgres(url: string, poolSize: number, log: DatabaseLog): Database {
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
