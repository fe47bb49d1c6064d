import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectionOf } from './connection.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import { type Database, MigrationFailed, migrate } from './index.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { createPostgresAdapter } from './postgres-adapter.ts';
import { asMigrationList, createSchemaEngine, NO_FILTERS } from './schema-engine.ts';
import { startChild } from './testing/test-child.ts';
import { createEmptyDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

const log = { info: () => undefined, warn: () => undefined };
const names = readMigrations().map(({ name }) => name);
let test: TestDatabase;
let db: Database;

beforeEach(async () => {
  test = await createEmptyDatabase({ databaseUrl: testServerUrl });
  db = test.db;
});
afterEach(() => test?.close());

const tableNames = async () => {
  const rows = await db.query<{ tablename: string }>`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`;
  return rows.map(({ tablename }) => tablename);
};
const addTo = (script: string): Migration[] => [
  ...readMigrations(),
  { name: '29990101000000_later', script, checksum: createHash('sha256').update(script).digest('hex') },
];

it('brings an empty database to this build, once, and then finds nothing to do in under 50 ms', async () => {
  expect(await migrate(db, log)).toEqual(names);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    expect(await migrate(db, log)).toEqual([]);
    times.push(performance.now() - start);
  }
  expect(Math.min(...times)).toBeLessThan(50);
  expect(await db.prisma.plan.findMany({ orderBy: { name: 'asc' } })).toEqual([
    { name: 'reseller', limit: 10_000, windowSeconds: 3_600, canListUsers: true },
    { name: 'standard', limit: 1_000, windowSeconds: 3_600, canListUsers: false },
  ]);
});

it('keeps what a database holds when a later build adds to it', async () => {
  await migrate(db, log);
  const { id } = await db.prisma.user.create({ data: { name: 'from before' } });
  const later = addTo(`CREATE TABLE later (text text DEFAULT 'a;b'); INSERT INTO later DEFAULT VALUES;`);
  expect(await migrate(db, log, later)).toEqual(['29990101000000_later']);
  expect(await db.query`SELECT text FROM later`).toEqual([{ text: 'a;b' }]);
  expect(await db.prisma.user.findUnique({ where: { id } })).not.toBeNull();
  // The build before it starts beside it, as in a rolling upgrade.
  expect(await migrate(db, log)).toEqual([]);
});

it('names a migration that fails, leaves nothing of it behind, and goes on once it is mended', async () => {
  const broken = addTo('CREATE TABLE later (id int); SELECT no_such_function();');
  const failure = await migrate(db, log, broken).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MigrationFailed);
  expect(failure).toMatchObject({ migration: '29990101000000_later', message: expect.stringContaining('no_such_function') });
  expect(await tableNames()).toEqual([]);
  expect(await migrate(db, log, addTo('CREATE TABLE later (id int);'))).toEqual([...names, '29990101000000_later']);
});

it('agrees with what Prisma itself makes of the database', async () => {
  await migrate(db, log);
  const { adapter, end } = await connectAsPrisma();
  const engine = await createSchemaEngine(adapter);
  const migrationsList = asMigrationList(readMigrations());
  const filters = NO_FILTERS;
  expect(await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters })).toEqual({
    editedMigrationNames: [],
    failedMigrationNames: [],
    hasMigrationsTable: true,
    history: null,
  });
  expect(await engine.applyMigrations({ migrationsList, filters })).toEqual({ appliedMigrationNames: [] });
  await end();
});

async function connectAsPrisma() {
  const connection = connectionOf(db);
  if (connection.kind === 'embedded')
    return { adapter: await createEmbeddedAdapter(connection.pglite).connect(), end: async () => undefined };
  const { factory, pool } = createPostgresAdapter(connection.url, 1, () => undefined);
  return { adapter: await factory.connect(), end: () => pool.end() };
}

const onPostgres = testServerUrl === undefined ? describe.skip : describe;

onPostgres('three processes that start at once on an empty database', () => {
  it('all come up, and each migration was applied by one of them', async () => {
    const children = [1, 2, 3].map(() => startChild('migrate-once', [test.url ?? '']));
    const ends = await Promise.all(children.map((child) => child.ended()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ends.flatMap(({ output }): string[] => JSON.parse(output))).toEqual(names);
    const [{ count } = { count: 0n }] = await db.query<{ count: bigint }>`SELECT count(*) FROM _prisma_migrations`;
    expect(count).toBe(BigInt(names.length));
  }, 60_000);

  it('are not held up by one that was killed in the middle', async () => {
    const killed = startChild('migrate-once', [test.url ?? '']);
    // Somewhere on its way: asking for the lock is its first sign of life in the server.
    for (let seen: unknown[] = []; seen.length === 0; ) {
      seen = await db.query`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    }
    await killed.kill();
    await migrate(db, log);
    expect(await tableNames()).toContain('users');
  }, 60_000);
});
