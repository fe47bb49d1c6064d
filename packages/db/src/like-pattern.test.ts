import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Database, likePattern, Prisma } from './index.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

/** As many as make an index worth its while to the planner; the embedded database takes its time with more. */
const ROWS = testServerUrl === undefined ? 2_000 : 6_000;

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase({ databaseUrl: testServerUrl });
  db = test.db;
  await db.execute`INSERT INTO users (name, email) SELECT 'User ' || i, 'user' || md5(i::text) || '@Example.com' FROM generate_series(1, ${ROWS}::int) AS i`;
  const hex = Prisma.sql`upper(md5(i::text))`;
  await db.execute`
    INSERT INTO licence_keys (key_value, user_id)
    SELECT concat_ws('-', substr(${hex}, 1, 4), substr(${hex}, 5, 4), substr(${hex}, 9, 4), substr(${hex}, 13, 4)), 1 + i % 2
    FROM generate_series(1, ${ROWS}::int) AS i`;
  await db.execute`
    INSERT INTO key_hwids (key_id, user_id, hwid, bound_by)
    SELECT id, user_id, 'HWID-' || md5(id::text), 'api' FROM licence_keys`;
  await db.execute`ANALYZE users, licence_keys, key_hwids`;
}, 60_000);
afterAll(() => test?.close());

const byKey = (part: string) => Prisma.sql`SELECT id FROM licence_keys WHERE key_value LIKE ${likePattern(part)}`;
const byHwid = (part: string) => Prisma.sql`SELECT key_id FROM key_hwids WHERE folded LIKE lower(${likePattern(part)})`;
const byEmail = (part: string) => Prisma.sql`SELECT id FROM users WHERE email_folded LIKE ${likePattern(part.toLowerCase())}`;
const byName = (part: string) =>
  Prisma.sql`SELECT id FROM users WHERE lower(name || ' ' || coalesce(login, '')) LIKE ${likePattern(part.toLowerCase())}`;

async function explain(statement: Prisma.Sql): Promise<string> {
  const lines = await db.query<{ 'QUERY PLAN': string }>`EXPLAIN ${statement}`;
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

describe('a part of three characters or more', () => {
  it.each([
    ['a key', byKey('A1B'), 'licence_keys_key_value_trgm'],
    ['a HWID, whatever its case', byHwid('a1b2'), 'key_hwids_folded_trgm'],
    ['an e-mail', byEmail('A1B2'), 'users_email_folded_trgm'],
    ['a name', byName('1999'), 'users_name_trgm'],
  ])('of %s goes through its trigram index', async (_what, statement, index) => {
    expect(await explain(statement)).toContain(index);
  });
});

describe('a part of one or two characters', () => {
  it.each([
    ['a key', byKey],
    ['an e-mail', byEmail],
  ])('of %s does not, also after the same statement ran often with long ones', async (_what, find) => {
    for (let round = 0; round < 12; round += 1) await db.query(find('A1B2'));
    expect(await explain(find('A'))).not.toContain('trgm');
    expect(await explain(find('A1'))).not.toContain('trgm');
    expect((await db.query(find('A1'))).length).toBeGreaterThan(0);
    if (db.kind === 'postgres') {
      // No plan of a search is kept under a name: each is planned for the part it has.
      expect(await db.query`SELECT name FROM pg_prepared_statements WHERE statement LIKE '%key_value LIKE%'`).toEqual([]);
    }
  });
});

it.each([['100%'], ['a_b'], ['back\\slash'], ["quo'te"], ['%'], ['_']])('finds %j as it stands', async (part) => {
  await db.execute`DELETE FROM users WHERE login IS NOT NULL`;
  await db.execute`INSERT INTO users (name, login) VALUES (${`x${part}y`}, 'literal'), ('xaab100y', 'other')`;
  expect(await db.query`SELECT login FROM users WHERE login IS NOT NULL AND name LIKE ${likePattern(part)}`).toEqual([
    { login: 'literal' },
  ]);
});
