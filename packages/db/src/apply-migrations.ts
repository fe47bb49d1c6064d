import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { Connection } from './connection.ts';
import { toDriverFault } from './driver-fault.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import type { Prisma } from './generated/client.ts';
import { MigrationFailed } from './migration-failed.ts';
import type { Migration } from './migrations.ts';
import { isUpToDate } from './pending-migrations.ts';
import { postgresConfig } from './postgres-adapter.ts';
import { asMigrationList, createSchemaEngine, NO_FILTERS } from './schema-engine.ts';

/**
 * Applies what is missing to the database behind a connection, while nobody else does.
 * @returns the names of the migrations that were applied
 * @throws MigrationFailed, Fault DATABASE_DOWN
 */
export async function migrateConnection(connection: Connection, migrations: readonly Migration[]): Promise<readonly string[]> {
  if (connection.kind === 'postgres') return migratePostgres(connection.url, migrations);
  return applyMigrations(await createEmbeddedAdapter(connection.pglite).connect(), migrations);
}

/** One for all of Gatehouse: "gate" in ASCII. It is not the one that Prisma's engine takes by itself. */
const ADVISORY_LOCK = 0x67617465;

async function migratePostgres(url: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  // One connection, so that the lock, the transaction and the engine share a session; a migration may take its time.
  const pool = new pg.Pool({ ...postgresConfig(url, 1), statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 });
  const adapter = await new PrismaPg(pool).connect();
  const run = async (script: string) => void (await pool.query(script));
  try {
    await run(`SELECT pg_advisory_lock(${ADVISORY_LOCK})`);
    const query = async (sql: Prisma.Sql) => (await pool.query(sql.text, sql.values)).rows;
    // Whoever held the lock before may have done it all.
    if (await isUpToDate(query, migrations)) return [];
    return await applyMigrations(withScripts(adapter, run), migrations);
  } catch (error) {
    throw toDriverFault(error);
  } finally {
    // Ending the session gives the lock back.
    await pool.end();
  }
}

/** Prisma's adapter splits scripts at every `;`, also within a string or a function's body. */
function withScripts(adapter: SqlDriverAdapter, executeScript: SqlDriverAdapter['executeScript']): SqlDriverAdapter {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    dispose: async () => undefined,
    executeScript,
  };
}

/**
 * Applies what is missing, over a connection that nobody else uses meanwhile.
 * @returns the names of the migrations that were applied
 * @throws MigrationFailed
 */
export async function applyMigrations(adapter: SqlDriverAdapter, migrations: readonly Migration[]): Promise<readonly string[]> {
  let failure: MigrationFailed | undefined;
  const executeScript = async (script: string) => {
    try {
      await adapter.executeScript(script);
    } catch (cause) {
      const migration = migrations.find((one) => one.script === script);
      if (migration !== undefined) failure ??= new MigrationFailed(migration.name, cause);
      throw cause;
    }
  };
  const engine = await createSchemaEngine(withScripts(adapter, executeScript));
  await adapter.executeScript('BEGIN');
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: asMigrationList(migrations), filters: NO_FILTERS });
    await adapter.executeScript('COMMIT');
    return appliedMigrationNames;
  } catch (error) {
    await adapter.executeScript('ROLLBACK');
    throw failure ?? error;
  } finally {
    engine.free();
  }
}
