import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { connectionOf } from './connection.ts';
import type { Database } from './database.ts';
import { toDriverFault } from './driver-fault.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import type { DatabaseLog } from './log.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { postgresConfig } from './postgres-adapter.ts';
import { createSchemaEngine } from './schema-engine.ts';

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
 * @returns the names of the migrations that were applied; none, and one query only, when there was nothing to do
 * @throws MigrationFailed, Fault DATABASE_DOWN
 */
export async function migrate(
  database: Database,
  log: DatabaseLog,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  if (isUpToDate(await database.query<AppliedMigration>(await appliedQuery(database)), migrations)) return [];
  const connection = connectionOf(database);
  const applied =
    connection.kind === 'postgres'
      ? await migratePostgres(connection.url, migrations)
      : await applyMigrations(await createEmbeddedAdapter(connection.pglite).connect(), migrations);
  for (const migration of applied) log.info({ migration }, 'Applied a migration.');
  return applied;
}
