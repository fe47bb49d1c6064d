import { connectionOf } from './connection.ts';
import type { Database } from './database.ts';
import type { DatabaseLog } from './log.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { isUpToDate } from './pending-migrations.ts';

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
  // Most starts have nothing to apply: what does it is loaded by those that have.
  const { migrateConnection } = await import('./apply-migrations.ts');
  const applied = await migrateConnection(connectionOf(database), migrations);
  for (const migration of applied) log.info({ migration }, 'Applied a migration.');
  return applied;
}
