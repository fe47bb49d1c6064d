import { randomUUID } from 'node:crypto';
import { ADMIN_TOKEN, type BulkClient, createBulkClient, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountsAdminRoutes } from '../accounts-admin-routes.ts';

let app: TestService;
let bulk: BulkClient;
beforeAll(async () => {
  app = await startTestService({ routes: accountsAdminRoutes });
  bulk = createBulkClient(app.gatewayUrl, 'users');
});
afterAll(() => app.close());

const countUsers = () => app.deps.db.prisma.user.count();
const waiting = () => app.deps.db.prisma.importBatch.count();
const person = (number: number) => ({ name: `Person ${number}`, email: `person${number}@example.com` });

describe('users in bulk', () => {
  it('come in as they went out', async () => {
    const full = {
      name: 'Zoë, "the first"',
      email: 'zoe@example.com',
      company: "'=Formula",
      phone: '+47 1',
      membership: 'premium',
      membership_expires_at: '2030-01-01T00:00:00.000Z',
      credits: '12.5',
      timezone: 'Europe/Oslo',
      language: 'nb',
      is_active: 'false',
      is_admin: 'true',
      plan: 'reseller',
      rate_limit: '5',
      rate_limit_window: '60',
      banned: 'true',
      ban_reason: 'spam',
      web_api_revoked: 'true',
    };
    const many = Array.from({ length: 700 }, (_, number) => person(number));
    expect(await bulk.importRows([full, { name: 'No e-mail' }, ...many], {})).toEqual({ imported: 702 });
    const rows = await bulk.exportRows();
    expect(rows).toHaveLength(702);
    expect(rows[0]).toMatchObject({
      ...full,
      credits: 12.5,
      is_active: false,
      is_admin: true,
      rate_limit: 5,
      rate_limit_window: 60,
      banned: true,
      web_api_revoked: true,
    });
    expect(rows[1]).toMatchObject({ name: 'No e-mail', email: null, membership: 'free', plan: 'standard', is_active: true });
    expect(await waiting()).toBe(0);
    // The triggers that count users saw them.
    const [count] = await app.deps.db.query<{ n: bigint }>`SELECT sum(users) AS n FROM user_buckets`;
    expect(Number(count?.n)).toBe(702);
  });

  const GOOD = Array.from({ length: 400 }, (_, number) => person(10_000 + number));
  it.each([
    ['an e-mail that a user has', [...GOOD, { name: 'X', email: 'ZOE@example.com' }], 402, 'email belongs to another user'],
    ['an e-mail twice in the file', [...GOOD, { name: 'X', email: 'Person10399@example.com' }], 402, 'email belongs to another user'],
    [
      'an e-mail twice in a piece',
      [
        { name: 'X', email: 'new@example.com' },
        { name: 'Y', email: 'new@example.com' },
      ],
      3,
      'email belongs to another user',
    ],
    ['a plan that is not', [...GOOD, { name: 'X', plan: 'gold' }], 402, 'plan is not the name of a plan'],
    ['a tariff that is not', [{ name: 'X', tariff: 'gold' }], 2, 'tariff is not the name of a tariff'],
  ])('%s: the row is named with its line, and nothing is written', async (_what, rows, line, reason) => {
    const before = await countUsers();
    expect(await bulk.importRows(rows, {})).toEqual({ problem: { line, reason } });
    expect([await countUsers(), await waiting()]).toEqual([before, 0]);
  });

  it.each([
    ['a wrong e-mail', { name: 'X', email: 'nobody' }, 'rows.1.email'],
    ['no name', { email: 'x@example.com' }, 'rows.1.name'],
    ['a column that is not', { name: 'X', shoe_size: '9' }, 'rows.1.shoe_size'],
    ['a password', { name: 'X', password: 'long enough to be one' }, 'rows.1.password'],
    ['a number that is none', { name: 'X', credits: 'many' }, 'rows.1.credits'],
    ['an amount below zero', { name: 'X', credits: '-1' }, 'rows.1.credits'],
  ])('%s is refused as soon as it is handed in', async (_what, bad, path) => {
    expect(await bulk.importRows([person(20_000), bad as Record<string, string>], {})).toMatchObject({
      code: 'BAD_PARAMETER',
      details: [{ path }],
    });
  });

  it('rows that were not all handed in, or under another kind, or taken already, are not taken', async () => {
    const operator = (method: string, path: string, body: object) =>
      fetch(app.gatewayUrl + path, {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const before = await countUsers();
    const path = `/admin/v1/imports/users/${randomUUID()}`;
    const rows = { rows: [{ line: 2, values: person(30_000) }] };
    const take = async (count: number) => (await operator('POST', path, { rows: count, scope: {} })).json();
    await operator('POST', `${path}/rows`, rows);
    expect(await take(2)).toMatchObject({ problem: { line: 0 } });
    expect(await countUsers()).toBe(before);
    await operator('POST', `${path}/rows`, rows);
    await operator('POST', `${path}/rows`, rows);
    const answers = await Promise.all([take(1), take(1), take(1)]);
    expect(answers.filter((answer) => Object(answer).imported === 1)).toHaveLength(1);
    expect(await countUsers()).toBe(before + 1);
  });

  it('are for operators', async () => {
    const path = `/admin/v1/imports/users/${randomUUID()}`;
    for (const call of [
      app.gateway.get('/admin/v1/exports/users'),
      app.gateway.post(path),
      app.gateway.post(`${path}/rows`),
      app.gateway.delete(path),
    ]) {
      expect((await call).status).toBe(401);
    }
  });

  it('what waits to be imported cannot be read from the database', async () => {
    const path = `/admin/v1/imports/users/${randomUUID()}`;
    await app.gateway
      .post(`${path}/rows`)
      .set('Authorization', `Bearer ${ADMIN_TOKEN}`)
      .send({ rows: [{ line: 2, values: { name: 'Planted Person' } }] });
    const [row] = await app.deps.db.query<{ text: string }>`SELECT encode(rows, 'escape') AS text FROM import_batches`;
    expect(row?.text).toBeDefined();
    expect(row?.text).not.toContain('Planted');
  });
});
