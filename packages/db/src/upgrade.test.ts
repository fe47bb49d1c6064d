import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Database, migrate, Prisma } from './index.ts';
import { readMigrations } from './migrations.ts';
import { runScript } from './testing/run-script.ts';
import { startChild } from './testing/test-child.ts';
import { createEmptyDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

type Row = Readonly<Record<string, unknown>>;

const log = { info: () => undefined, warn: () => undefined };
const [first, ...later] = readMigrations();
const oldData = readFileSync(new URL('./testing/data-of-the-first-migration.sql', import.meta.url), 'utf8');
/** What a migration took away with intent; each says why. */
const GONE_TABLES = ['audit_checkpoints'];
const GONE_COLUMNS = ['audit_log.details'];
let test: TestDatabase;
let db: Database;

/** A database as the first version left it. */
async function createOldDatabase(): Promise<TestDatabase> {
  const made = await createEmptyDatabase({ databaseUrl: testServerUrl });
  if (first === undefined) throw new Error('There is no migration.');
  await migrate(made.db, log, [first]);
  await runScript(made.db, oldData);
  return made;
}

beforeAll(async () => {
  test = await createOldDatabase();
  db = test.db;
});
afterAll(() => test?.close());

async function readTables(): Promise<string[]> {
  const rows = await db.query<{ name: string }>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** Every row of the tables, as PostgreSQL writes it in JSON. */
async function readAll(tables: readonly string[]): Promise<ReadonlyMap<string, readonly Row[]>> {
  const all = new Map<string, readonly Row[]>();
  for (const table of tables) {
    const rows = await db.query<{ row: Row }>`SELECT to_jsonb(t) AS row FROM ${Prisma.raw(`"${table}"`)} AS t`;
    all.set(
      table,
      rows.map(({ row }) => row),
    );
  }
  return all;
}

/** A row with the columns of `pattern` only. */
function like(pattern: Row | undefined, row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => pattern !== undefined && column in pattern));
}

const asSet = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();

it('every row of every table that the first migration made survives the later ones', async () => {
  const tables = await readTables();
  const before = await readAll(tables);
  expect([...before].filter(([, rows]) => rows.length === 0)).toEqual([]);

  expect(await migrate(db, log)).toEqual(later.map(({ name }) => name));

  const after = await readAll(tables);
  for (const table of tables.filter((name) => !GONE_TABLES.includes(name))) {
    const old = (before.get(table) ?? []).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !GONE_COLUMNS.includes(`${table}.${column}`))),
    );
    const now = (after.get(table) ?? []).map((row) => like(old[0], row));
    expect([table, asSet(now)]).toEqual([table, asSet(old)]);
  }
});

it('what later versions count and look up beside old rows is right for them, too', async () => {
  expect(await db.query`SELECT bucket, users FROM user_buckets ORDER BY 1`).toEqual([
    { bucket: 0, users: 2 },
    { bucket: 1, users: 1 },
  ]);
  expect(await db.query`SELECT user_id, state, sum(n)::int AS n FROM key_count_changes GROUP BY 1, 2 ORDER BY 1, 2`).toEqual([
    { user_id: 1, state: 1, n: 1 },
    { user_id: 1, state: 2, n: 1 },
    { user_id: 1, state: 3, n: 1 },
    { user_id: 5000, state: 0, n: 1 },
  ]);
  expect(await db.query`SELECT user_id, folded FROM key_hwids ORDER BY hwid COLLATE "C"`).toEqual([
    { user_id: 1, folded: 'machine-äö' },
    { user_id: 1, folded: 'machine-2' },
  ]);
  // Rules that came later hold for old rows: a ban ends the Sessions that were open before it.
  await db.execute`UPDATE users SET banned = true WHERE id = 2`;
  expect(await db.query`SELECT id FROM key_sessions WHERE ended_at IS NULL`).toEqual([{ id: 2 }]);
  await db.execute`DELETE FROM licence_keys WHERE user_id = 5000`;
  expect(await db.query`SELECT sum(n)::int AS n FROM key_count_changes WHERE user_id = 5000`).toEqual([{ n: 0 }]);
});

const onPostgres = testServerUrl === undefined ? it.skip : it;

onPostgres(
  'two migrators that find old data at once: one upgrades it, the other waits and finds it done',
  async () => {
    const old = await createOldDatabase();
    const children = [1, 2].map(() => startChild('migrate-once', [old.url ?? '']));
    const ends = await Promise.all(children.map((child) => child.ended()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const applied = ends.map(({ output }): string[] => JSON.parse(output));
    expect(applied.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, later.length]);
    expect(await old.db.query`SELECT sum(n)::int AS n, (SELECT count(*)::int FROM licence_keys) AS keys FROM key_count_changes`).toEqual([
      { n: 4, keys: 4 },
    ]);
    await old.close();
  },
  60_000,
);
