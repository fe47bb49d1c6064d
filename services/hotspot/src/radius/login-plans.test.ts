import { type Database, Prisma, type Sql } from '@gatehouse/db';
import { createTestDeps, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Attempt } from './attempt.ts';
import { findCandidates } from './login-repository.ts';
import { openSessions } from './open-session-repository.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

// A statement that is planned once may be planned before PostgreSQL has looked at the tables, when they hold little.
describe.each([5, 2_000])('logins go by the keys of their login, also in a table of %i sessions that was never analyzed', (count) => {
  let test: TestDeps;
  let db: Database;
  let attempt: Attempt;
  beforeAll(async () => {
    test = await createTestDeps();
    ({ db } = test.deps);
    await db.execute`ALTER TABLE guest_sessions SET (autovacuum_enabled = false)`;
    const site = await db.prisma.site.create({ data: { name: 'venue', slug: '0123456789' } });
    const nas = await db.prisma.nas.create({ data: { siteId: site.id, name: 'AP', address: '192.0.2.1', secret: Buffer.from('') } });
    await db.execute`
      INSERT INTO vouchers (site_id, username, passcode, fullname, valid_for, valid_from, first_login_at)
      SELECT ${site.id}, 'guest-' || n, '', 'Guest', '1 day', ${NOW}, CASE WHEN n > 1 THEN ${NOW}::timestamptz END
      FROM generate_series(1, ${count}::int) AS n`;
    await db.execute`
      INSERT INTO guest_sessions (site_id, nas_id, class_ref, voucher_id, login, method, mac)
      SELECT site_id, ${nas.id}, id::text, id, username, 'voucher', '02:00:00:00:00:01' FROM vouchers WHERE first_login_at IS NOT NULL`;
    attempt = {
      nasId: nas.id,
      nasAddress: '192.0.2.1',
      login: '',
      mac: '02:00:00:00:00:01',
      authenticator: '0x00',
      acctSessionId: null,
      address: null,
      now: NOW,
    };
  });
  afterAll(() => test?.close());

  it.each([
    ['for the first time', 'guest-1'],
    ['again', 'guest-2'],
  ])('%s', async (_title, login) => {
    const plans: string[] = [];
    // Says how each statement is run, then runs it.
    const told: Sql = {
      ...db,
      async query<T>(strings: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) {
        const sql = strings instanceof Prisma.Sql ? strings : Prisma.sql(strings, ...values);
        const rows = await db.query<Record<string, string>>`EXPLAIN ${sql}`;
        plans.push(rows.map((row) => Object.values(row).join()).join('\n'));
        return db.query<T>(sql);
      },
    };
    const [found] = await findCandidates(told, [{ ...attempt, login }]);
    const candidate = found?.candidates[0];
    if (candidate === undefined) throw new Error('The voucher was not found.');
    const session = { attempt: { ...attempt, login }, found: candidate, expiresAt: null, classRef: `class of ${login}` };
    expect(await openSessions(told, [session], 'skip')).toEqual([expect.any(String)]);
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).not.toContain('guest_sessions_live_idx');
      expect(plan).not.toContain('Seq Scan on guest_sessions');
    }
  });
});
