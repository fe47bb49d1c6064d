import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import { type Migration, readMigrations } from './migrations.ts';

/** How a database's migrations stand to those of this build. */
export interface MigrationState {
  /** Of this build, and not applied yet. */
  readonly pending: readonly string[];
  /** Applied by a newer build, or changed since: this one does not know them. */
  readonly unknown: readonly string[];
  /** Begun and not finished. */
  readonly failed: readonly string[];
}

/** Compares a database with the migrations of this build, without changing it. @throws Fault DATABASE_DOWN */
export async function readMigrationState(db: Database): Promise<MigrationState> {
  const ours = readMigrations();
  const rows = !(await hasBookkeeping((sql) => db.query(sql)))
    ? []
    : await db.query<{ name: string; checksum: string; done: boolean }>`
          SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL`;
  const applied = new Set(rows.filter(({ done }) => done).map(({ name, checksum }) => `${name} ${checksum}`));
  const known = new Set(ours.map(({ name, checksum }) => `${name} ${checksum}`));
  return {
    pending: ours.filter(({ name }) => !rows.some((row) => row.done && row.name === name)).map(({ name }) => name),
    unknown: [...applied].filter((one) => !known.has(one)).map((one) => one.split(' ', 1)[0] ?? one),
    failed: rows.filter(({ done }) => !done).map(({ name }) => name),
  };
}

/** Whether all of these migrations have been applied. @param query asks the database, also over a connection that is no `Database` */
export async function isUpToDate(query: (sql: Prisma.Sql) => Promise<unknown[]>, migrations: readonly Migration[]): Promise<boolean> {
  if (!(await hasBookkeeping(query))) return false;
  const pending = await query(Prisma.sql`
    SELECT 1 FROM unnest(${migrations.map(({ name }) => name)}::text[]) AS ours (name)
    WHERE NOT EXISTS (
      SELECT 1 FROM _prisma_migrations
      WHERE migration_name = ours.name AND finished_at IS NOT NULL AND rolled_back_at IS NULL
    ) LIMIT 1`);
  return pending.length === 0;
}

/** Whether anything was ever migrated. By the name alone: the views of the catalogue join half of it. */
async function hasBookkeeping(query: (sql: Prisma.Sql) => Promise<unknown[]>): Promise<boolean> {
  const [table] = await query(Prisma.sql`SELECT 1 WHERE to_regclass('public._prisma_migrations') IS NOT NULL`);
  return table !== undefined;
}
