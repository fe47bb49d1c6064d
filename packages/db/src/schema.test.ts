import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Database, UniqueViolation } from './index.ts';
import { diffSchema } from './testing/diff-schema.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

let test: TestDatabase;
let db: Database;
let userId: number;

beforeAll(async () => {
  test = await createTestDatabase({ databaseUrl: testServerUrl });
  db = test.db;
  ({ id: userId } = await db.prisma.user.create({ data: { name: 'owner' } }));
});
afterAll(() => test?.close());

it('the migrations make what the schema files say', async () => {
  expect(await diffSchema()).toBe('');
}, 60_000);

it('every foreign key has an index, so that deleting a row looks through no table', async () => {
  const bare = await db.query`
    SELECT conrelid::regclass::text AS "table", conname AS name FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_index WHERE indrelid = conrelid AND indpred IS NULL AND (indkey::int2[])[0] = conkey[1])`;
  expect(bare).toEqual([]);
});

describe('what must be one stays one, however many ask at the same instant', () => {
  const succeeded = async (attempts: Promise<unknown>[]) => {
    const results = await Promise.allSettled(attempts);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(UniqueViolation);
    return results.filter(({ status }) => status === 'fulfilled').length;
  };
  const times = (count: number, attempt: (index: number) => Promise<unknown>) =>
    Array.from({ length: count }, (_, index) => attempt(index));

  it.each(['phpstrap', 'altercpa'] as const)('one live %s token a user, beside any number of revoked ones', async (kind) => {
    const add = (index: number, revokedAt: Date | null) =>
      db.prisma.credential.create({
        data: { userId, kind, secretHash: Buffer.from(`${kind}-${index}-${revokedAt}`), prefix: 'p', last4: 'last', revokedAt },
      });
    expect(await succeeded(times(10, (index) => add(index, new Date(0))))).toBe(10);
    expect(await succeeded(times(20, (index) => add(index, null)))).toBe(1);
  });

  it('any number of API keys a user', async () => {
    const add = (index: number) =>
      db.prisma.credential.create({
        data: { userId, kind: 'rest_api', secretHash: Buffer.from(`rest-${index}`), prefix: 'p', last4: 'last', scopes: ['rest-api:*'] },
      });
    expect(await succeeded(times(5, add))).toBe(5);
  });

  it('one open handshake a key, one live ban an address, one voucher a name', async () => {
    const key = await db.prisma.licenceKey.create({ data: { keyValue: 'AAAA-BBBB-CCCC-DDDD', userId } });
    const site = await db.prisma.site.create({ data: { name: 'venue', slug: '0123456789' } });
    const handshake = (index: number) =>
      db.prisma.handshake.create({
        data: { memberId: userId, keyId: key.id, tokenHash: Buffer.from(`h-${index}`), expiresAt: new Date(0) },
      });
    const ban = () => db.prisma.addressBan.create({ data: { address: '192.0.2.1', reason: 'wrong keys' } });
    const voucher = () =>
      db.prisma.voucher.create({
        data: {
          siteId: site.id,
          username: 'guest',
          passcode: Buffer.from('sealed'),
          fullname: 'A Guest',
          validFor: '1 day',
          validFrom: new Date(0),
        },
      });
    expect(await succeeded(times(20, handshake))).toBe(1);
    expect(await succeeded(times(20, ban))).toBe(1);
    expect(await succeeded(times(50, voucher))).toBe(1);
  });
});

it.each(['AAAA-BBBB-CCCC', 'aaaa-bbbb-cccc-dddd', 'AAAA-BBBB-CCCC-DDDD-EEEE'])('%s is no key, whoever writes it', async (keyValue) => {
  await expect(db.prisma.licenceKey.create({ data: { keyValue, userId } })).rejects.toMatchObject({ code: 'INTERNAL' });
});

it('the NAS of an address is found by its network', async () => {
  const site = await db.prisma.site.create({ data: { name: 'venue', slug: 'abcdef0123' } });
  const nas = await db.prisma.nas.create({
    data: { siteId: site.id, name: 'ap', address: '198.51.100.0/24', secret: Buffer.from('sealed') },
  });
  expect(await db.query`SELECT id, address FROM nas WHERE address >>= ${'198.51.100.7'}::inet`).toEqual([
    { id: nas.id, address: '198.51.100.0/24' },
  ]);
});
