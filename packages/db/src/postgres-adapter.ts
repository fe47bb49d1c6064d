import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { guardTransaction } from './guarded-transaction.ts';
import { nameStatement } from './statement-name.ts';

/** A pool of connections to PostgreSQL for Prisma. */
export interface PostgresAdapter {
  readonly pool: pg.Pool;
  readonly factory: SqlDriverAdapterFactory;
}

/**
 * @param url `postgres://…`
 * @param poolSize connections at most
 * @param onIdleError told when a connection at rest breaks; the pool replaces it by itself
 */
export function createPostgresAdapter(url: string, poolSize: number, onIdleError: (error: Error) => void): PostgresAdapter {
  const pool = new pg.Pool(postgresConfig(url, poolSize));
  // Without a listener such an error would end the process.
  pool.on('error', onIdleError);
  const factory: SqlDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: async () => {
      // Loaded by whoever asks for a model first.
      const { PrismaPg } = await import('@prisma/adapter-pg');
      return guardAdapter(await new PrismaPg(pool, { statementNameGenerator: nameStatement }).connect());
    },
  };
  return { pool, factory };
}

/** Connection settings that everything of ours uses. Times in milliseconds. */
export function postgresConfig(url: string, poolSize: number): pg.PoolConfig {
  return {
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: 'gatehouse',
    // Prisma's adapter reads and writes times as if the session were in UTC. Compiling a statement (JIT) takes 40 ms and more; the planner
    // does it for those that it takes for costlier than they are.
    options: '-c TimeZone=UTC -c jit=off',
  };
}

function guardAdapter(adapter: SqlDriverAdapter): SqlDriverAdapter {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    executeScript: (script) => adapter.executeScript(script),
    startTransaction: async (isolationLevel) => guardTransaction(await adapter.startTransaction(isolationLevel)),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    dispose: () => adapter.dispose(),
  };
}
