import { type BulkClient, createBulkClient, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { licensingAdminRoutes } from '../index.ts';

let app: TestService;
let bulk: BulkClient;
let seller: number;
let other: number;
let provider: string;
let service: string;

beforeAll(async () => {
  app = await startTestService({ routes: licensingAdminRoutes });
  bulk = createBulkClient(app.gatewayUrl, 'keys');
  const { prisma } = app.deps.db;
  ({ id: seller } = await prisma.user.create({ data: { name: 'Seller' } }));
  ({ id: other } = await prisma.user.create({ data: { name: 'Other' } }));
  provider = String((await prisma.provider.create({ data: { userId: seller, name: 'P' } })).id);
  service = String((await prisma.service.create({ data: { userId: seller, name: 'S', slug: 's' } })).id);
});
afterAll(() => app.close());

const countKeys = () => app.deps.db.prisma.licenceKey.count();

describe('licence keys in bulk', () => {
  it('come in as they went out, bound to their machines, and are counted', async () => {
    const full = {
      key_value: 'ABCD-EFGH-IJKL-MNOP',
      provider_id: provider,
      service_id: service,
      member_id: String(other),
      key_name: 'a key',
      discord_id: '12345678901234567',
      is_premium: 'true',
      is_invalidated: 'true',
      is_secret: 'true',
      one_time_use: 'true',
      expiry_on_first_use: 'true',
      validity_minutes: '60',
      no_hwid: 'false',
      hwid_limit: '2',
      hwids: '["one, \\"quoted\\"","two"]',
      expires_at: '2030-01-01T00:00:00.000Z',
      used_at: '2029-12-31T23:00:00.000Z',
      created_at: '2029-01-01T00:00:00.000Z',
    };
    const drawn = Array.from({ length: 650 }, () => ({ provider_id: provider, validity_minutes: '30' }));
    expect(await bulk.importRows([full, ...drawn], { seller })).toEqual({ imported: 651 });
    const rows = await bulk.exportRows(`?seller=${seller}`);
    expect(rows).toHaveLength(651);
    expect(rows[0]).toMatchObject({
      ...full,
      provider_id: Number(provider),
      service_id: Number(service),
      member_id: other,
      validity_minutes: 60,
      hwid_limit: 2,
      is_secret: true,
      is_premium: true,
      is_invalidated: true,
      one_time_use: true,
      expiry_on_first_use: true,
      no_hwid: false,
    });
    expect(new Set(rows.map(({ key_value }) => key_value)).size).toBe(651);
    expect(rows[1]).toMatchObject({ expires_at: new Date(app.clock().getTime() + 30 * 60_000).toISOString(), hwids: null });
    const key = await app.deps.db.prisma.licenceKey.findUniqueOrThrow({ where: { keyValue: full.key_value }, include: { hwids: true } });
    expect([key.hwidCount, key.hwids.map(({ hwid, userId }) => [hwid, userId])]).toEqual([
      2,
      [
        ['one, "quoted"', seller],
        ['two', seller],
      ],
    ]);
    const [count] = await app.deps.db.query<{ n: bigint }>`SELECT sum(n) AS n FROM key_count_changes WHERE user_id = ${seller}`;
    expect(Number(count?.n)).toBe(651);
  });

  it.each([
    ['a key that exists', () => ({ provider_id: provider, key_value: 'ABCD-EFGH-IJKL-MNOP' }), 'key_value exists already'],
    ["another's provider", () => ({ provider_id: '999999' }), 'provider_id is not a provider of this seller'],
    ["another's service", () => ({ provider_id: provider, service_id: '999999' }), 'service_id is not a service of this seller'],
    ['a member who is nobody', () => ({ provider_id: provider, member_id: '999999' }), 'member_id is not a user'],
    [
      'more machines than its limit',
      () => ({ provider_id: provider, hwid_limit: '1', hwids: '["a","b"]' }),
      'hwids must not be more than hwid_limit',
    ],
  ])('%s: the row is named with its line, and nothing is written', async (_what, bad, reason) => {
    const before = await countKeys();
    expect(await bulk.importRows([{ provider_id: provider }, bad()], { seller })).toEqual({ problem: { line: 3, reason } });
    expect(await countKeys()).toBe(before);
  });

  it.each([
    ['a value of another form', { key_value: 'abcd-efgh-ijkl-mnop' }, 'rows.0.key_value'],
    ['machines that are no list', { hwids: 'one' }, 'rows.0.hwids'],
    ['a machine twice', { hwids: '["a","a"]' }, 'rows.0.hwids'],
    ['a time that is none', { expires_at: 'tomorrow' }, 'rows.0.expires_at'],
  ])('%s is refused as soon as it is handed in', async (_what, cells, path) => {
    const answer = await bulk.importRows([{ provider_id: provider, ...(cells as Record<string, string>) }], { seller });
    expect(answer).toMatchObject({ code: 'BAD_PARAMETER', details: [{ path }] });
  });

  it('of a seller who is nobody are not found, and one seller exports none of another', async () => {
    expect(await bulk.importRows([{ provider_id: provider }], { seller: 999_999 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bulk.exportRows(`?seller=${other}`)).toEqual([]);
  });
});
