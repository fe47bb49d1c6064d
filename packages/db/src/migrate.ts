import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { connectionOf } from './connection.ts';
import type { Database } from './database.ts';
import { toDriverFault } from './driver-fault.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import { Prisma } from './generated/client.ts';
import type { DatabaseLog } from './log.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { postgresConfig } from './postgres-adapter.ts';
import { asMigrationList, createSchemaEngine, NO_FILTERS } from './schema-engine.ts';

/** A migration that could not be applied. Nothing of it, nor of those after it, is in the database. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
  /** The folder's name in `prisma/migrations`. */
  readonly migration: string;

  constructor(migration: string, cause: unknown) {
    super(`The migration ${migration} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.migration = migration;
  }
}

/**
 * Brings the database to this build's migrations, with Prisma's own engine, so that `prisma migrate deploy` agrees with it.
 * All of them and their bookkeeping are one transaction. Several processes may call it at once: one works, the others wait.
 * @returns the names of the migrations that were applied; none, after two small queries, when there was nothing to do
 * @throws MigrationFailed, Fault DATABASE_DOWN
 */
export async function migrate(
  database: Database,
  log: DatabaseLog,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  if (await isUpToDate((sql) => database.query(sql), migrations)) return [];
  const connection = connectionOf(database);
  const applied =
    connection.kind === 'postgres'
      ? await migratePostgres(connection.url, migrations)
      : await applyMigrations(await createEmbeddedAdapter(connection.pglite).connect(), migrations);
  for (const migration of applied) log.info({ migration }, 'Applied a migration.');
  return applied;
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

async function isUpToDate(query: (sql: Prisma.Sql) => Promise<unknown[]>, migrations: readonly Migration[]): Promise<boolean> {
  const [table] = await query(Prisma.sql`SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = '_prisma_migrations'`);
  if (table === undefined) return false;
  const pending = await query(Prisma.sql`
    SELECT 1 FROM unnest(${migrations.map(({ name }) => name)}::text[]) AS ours (name)
    WHERE NOT EXISTS (
      SELECT 1 FROM _prisma_migrations
      WHERE migration_name = ours.name AND finished_at IS NOT NULL AND rolled_back_at IS NULL
    ) LIMIT 1`);
  return pending.length === 0;
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
