import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';
import { foldSellerKeyCounts } from './key-counts.ts';
import type { KeyFilter } from './key-filter.ts';
import type { KeyRecord } from './key-object.ts';
import { KEY_STATUSES, keyStatus } from './key-status.ts';
import { listKeys } from './list-keys-repository.ts';
import { foldSellerPartCounts } from './part-counts.ts';

let app: LicensingApp;
let seller: TestSeller;
let keys: KeyRecord[];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = new Date('2026-05-05T10:20:30.456Z');
/** Distances of expiry from now that lie on, beside and between the edges of hours and days. */
const DISTANCES_MS = [0, 1, -1, 5000, HOUR_MS, -HOUR_MS, 3 * HOUR_MS, -7 * HOUR_MS, DAY_MS, -DAY_MS, 40 * DAY_MS, -40 * DAY_MS];
const ALL: KeyFilter = {
  discordId: null,
  keyPart: null,
  hwidPart: null,
  serviceId: null,
  providerId: null,
  status: null,
  expiresBefore: null,
  expiresAfter: null,
};

beforeAll(async () => {
  app = await startLicensingApp();
  app.clock.set(NOW);
  seller = await app.createSeller();
  const stranger = await app.createSeller();
  const { db } = app.deps;
  const provider = await db.prisma.provider.create({ data: { userId: seller.id, name: 'Other' } });
  const service = await db.prisma.service.create({ data: { userId: seller.id, name: 'Program', slug: 'program' } });
  for (let index = 0; index < 240; index += 1) {
    const distance = DISTANCES_MS[index % (DISTANCES_MS.length + 2)];
    const owner = index % 11 === 0 ? stranger : seller;
    const hwid = `Disk_${index % 7}%${index}`;
    await db.prisma.licenceKey.create({
      data: {
        keyValue: `K${String(index).padStart(3, '0')}-AB${index % 10}C-ZZZZ-Q0Q0`,
        userId: owner.id,
        providerId: owner === seller && index % 3 === 0 ? provider.id : owner.providerId,
        serviceId: owner === seller && index % 5 === 0 ? service.id : null,
        expiresAt: distance === undefined ? null : new Date(NOW.getTime() + distance),
        usedAt: index % 4 === 1 ? NOW : null,
        oneTimeUse: index % 8 < 3,
        isInvalidated: index % 13 === 0,
        discordId: index % 6 === 0 ? '11111111111111111' : null,
        hwidCount: index % 9 === 0 ? 2 : 1,
        // Some with parts that both of their HWIDs have.
        hwids: {
          create: [hwid, ...(index % 9 === 0 ? ['disk-É'] : [])].map((hwid) => ({ hwid, userId: owner.id, boundBy: 'api' as const })),
        },
      },
    });
  }
  keys = await readAll();
});
afterAll(() => app.close());

async function readAll(): Promise<KeyRecord[]> {
  const found: KeyRecord[] = [];
  for (let page = 1; ; page += 1) {
    const list = await listKeys(app.deps.db, { userId: seller.id, filter: ALL, page, limit: 100, now: NOW });
    found.push(...list.keys);
    if (list.keys.length < 100) return found;
  }
}

async function foldAll(of: TestSeller): Promise<void> {
  await foldSellerKeyCounts(app.deps.db, of.id);
  await foldSellerPartCounts(app.deps.db, of.id);
}

function fits(key: KeyRecord, filter: KeyFilter): boolean {
  const has = (text: string, part: string | null) => part === null || text.toLowerCase().includes(part.toLowerCase());
  return (
    (filter.discordId === null || key.discordId === filter.discordId) &&
    (filter.serviceId === null || key.serviceId === filter.serviceId) &&
    (filter.providerId === null || key.providerId === filter.providerId) &&
    (filter.status === null || keyStatus(key, NOW) === filter.status) &&
    (filter.expiresBefore === null || (key.expiresAt !== null && key.expiresAt < filter.expiresBefore)) &&
    (filter.expiresAfter === null || (key.expiresAt !== null && key.expiresAt > filter.expiresAfter)) &&
    has(key.keyValue, filter.keyPart) &&
    (filter.hwidPart === null || key.hwids.some(({ hwid }) => has(hwid, filter.hwidPart)))
  );
}

describe('GET /keys', () => {
  it('the whole list is the seller’s own, newest first', async () => {
    const own = await app.deps.db.prisma.licenceKey.findMany({
      where: { userId: seller.id },
      orderBy: { id: 'desc' },
      select: { id: true },
    });
    expect(keys.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
  });

  it('any filters, on any page, list and count just the keys that fit, whether counts are folded or not', async () => {
    const one = <T>(...values: T[]) => fc.constantFrom<T | null>(null, null, ...values);
    const time = one(...DISTANCES_MS.map((ms) => new Date(NOW.getTime() + ms)));
    const filters = fc.record<KeyFilter>({
      discordId: one('11111111111111111', '22222222222222222'),
      keyPart: one('a', 'AB', 'ab3', 'k01', '-Q0', 'B3C-Z', '_', '-', '0', 'b3', 'C-', '-z', '3-a', 'C-Z', '---', 'ß'),
      hwidPart: one('d', 'K_', 'disk_3', 'disk_3%', '5%1', 'none', 'É', '-é', 'k', '%', '_', '%1', 'k-É', '9', 'x', 'ki'),
      serviceId: one(...new Set(keys.flatMap(({ serviceId }) => serviceId ?? []))),
      providerId: one(...new Set(keys.flatMap(({ providerId }) => providerId ?? [])), 999_999),
      status: one(...KEY_STATUSES),
      expiresBefore: time,
      expiresAfter: time,
    });
    // Most real lists have one filter at most: try those as often as all together.
    const single = fc
      .tuple(filters, fc.constantFrom(...(Object.keys(ALL) as (keyof KeyFilter)[])))
      .map(([some, name]) => ({ ...ALL, [name]: some[name] }));
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(filters, single),
        fc.constantFrom(1, 2, 3, 4, 5, 60, 2_147_483_647),
        fc.constantFrom(1, 7, 50, 100),
        async (filter, page, limit) => {
          runs += 1;
          if (runs === 150) await foldAll(seller);
          const expected = keys.filter((key) => fits(key, filter));
          const list = await listKeys(app.deps.db, { userId: seller.id, filter, page, limit, now: NOW });
          expect(list.total).toBe(expected.length);
          expect(list.keys.map(({ id }) => id)).toEqual(expected.slice((page - 1) * limit, page * limit).map(({ id }) => id));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('totals follow whatever changes the keys', async () => {
    const { db } = app.deps;
    const other = await app.createSeller();
    const total = async (filter: Partial<KeyFilter>) =>
      (await listKeys(db, { userId: other.id, filter: { ...ALL, ...filter }, page: 1, limit: 1, now: NOW })).total;
    const made = await app.call(other, 'post', '/keys/batch', { provider_id: other.providerId, amount: 20, validity_minutes: 10 });
    expect([await total({}), await total({ status: 'unused' }), await total({ providerId: other.providerId })]).toEqual([20, 20, 20]);
    const values: string[] = made.body.keys.map((key: { key_value: string }) => key.key_value);
    await app.call(other, 'put', `/keys/${values[0]}`, { is_invalidated: true });
    await app.call(other, 'put', `/keys/${values[1]}`, { expires_at: '2020-01-01' });
    await app.verify({ key: values[2], hwid: 'machine' });
    await app.call(other, 'delete', `/keys/${values[3]}`);
    await foldAll(other);
    await app.call(other, 'post', '/keys/bulk-delete', { keys: values.slice(4, 10) });
    const counted = await Promise.all(KEY_STATUSES.map((status) => total({ status })));
    expect(Object.fromEntries(KEY_STATUSES.map((status, index) => [status, counted[index]]))).toEqual({
      invalidated: 1,
      expired: 1,
      used: 0,
      active: 1,
      unused: 10,
    });
    expect(await total({})).toBe(13);
  });

  it('totals of short parts follow whatever binds and frees machines, folded or not', async () => {
    const { db } = app.deps;
    const other = await app.createSeller();
    const total = async (hwidPart: string) =>
      (await listKeys(db, { userId: other.id, filter: { ...ALL, hwidPart }, page: 1, limit: 1, now: NOW })).total;
    const totals = () => Promise.all(['a', 'b', 'ab', 'z', '-', 'a-b'].map(total));
    const made = await app.call(other, 'post', '/keys/batch', { provider_id: other.providerId, amount: 3, hwid: 'Ab' });
    const [first, second, third] = made.body.keys.map((key: { id: number }) => key.id);
    expect(await totals()).toEqual([3, 3, 3, 0, 0, 0]);
    await app.call(other, 'put', `/keys/${first}`, { hwids: ['Ab', 'a-b', 'z'] });
    await foldAll(other);
    expect(await totals()).toEqual([3, 3, 3, 1, 1, 1]);
    await app.call(other, 'put', `/keys/${first}`, { hwids: ['a-b'] });
    await app.call(other, 'post', `/keys/${second}/reset-hwid`);
    expect(await totals()).toEqual([2, 2, 1, 0, 1, 1]);
    await foldAll(other);
    await app.call(other, 'delete', `/keys/${third}`);
    expect(await totals()).toEqual([1, 1, 0, 0, 1, 1]);
  });

  it('totals of short parts are exact after many machines were bound to the same keys at the same time', async () => {
    const { db } = app.deps;
    const other = await app.createSeller();
    const made = await app.call(other, 'post', '/keys/batch', { provider_id: other.providerId, amount: 3 });
    const values: string[] = made.body.keys.map((key: { key_value: string }) => key.key_value);
    const binding = Array.from({ length: 24 }, (_, index) => app.verify({ key: values[index % 3], hwid: `PC-${index % 8}` }));
    await Promise.all([...binding, foldAll(other)]);
    const total = async (hwidPart: string) =>
      (await listKeys(db, { userId: other.id, filter: { ...ALL, hwidPart }, page: 1, limit: 1, now: NOW })).total;
    for (const _ of ['noted', 'folded']) {
      expect(await Promise.all(['p', 'pc', '-', 'c-0', '7', '8'].map(total))).toEqual([3, 3, 3, 3, 3, 0]);
      await foldAll(other);
    }
  });

  it('says where the page stands, also beyond the end', async () => {
    const { body } = await app.call(seller, 'get', '/keys?limit=100&page=3');
    expect(body.pagination).toEqual({ page: 3, limit: 100, total: keys.length, pages: Math.ceil(keys.length / 100) });
    const beyond = await app.call(seller, 'get', '/keys?page=2000000000');
    expect([beyond.body.keys, beyond.body.pagination.total]).toEqual([[], keys.length]);
  });

  it.each([
    ['page=0', 'page'],
    ['page=x', 'page'],
    ['limit=101', 'limit'],
    ['limit=1.5', 'limit'],
    ['discord_id=12', 'discord_id'],
    ['key=', 'key'],
    ['key=a&key=b', 'key'],
    ['service_id=0', 'service_id'],
    ['provider_id=2147483648', 'provider_id'],
    ['status=gone', 'status'],
    ['expires_before=yesterday', 'expires_before'],
    ['expires_after=2026-02-30', 'expires_after'],
    ['hwid=%00', 'hwid'],
  ])('%s is refused by name', async (query, path) => {
    const answer = await app.call(seller, 'get', `/keys?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_PARAM', details: [{ path }] });
  });
});
