import { hashToken, newLicenceKey } from '@gatehouse/auth';
import { describeCaller, INTERNAL_HEADERS } from '@gatehouse/http';
import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { licensingAdminRoutes } from '../admin/index.ts';
import { countWrongKey, isBanned, webApiRoutes } from './index.ts';
import { type SeededMember, seedKey, seedMember, seedSession } from './testing/seed-member.ts';

const MINUTE_MS = 60_000;
/** The embedded database has one connection, in which those who come at once stand in line: a few times say the same. */
const REPEATS = process.env.TEST_DATABASE_URL || process.env.FULL_RACES ? 20 : 5;
const WRONG = { code: 401, status: 401, message: 'invalid api key' };
const BANNED = { code: 403, status: 403, message: 'authorization denied by server' };

let app: TestService;
let ada: SeededMember;
let address: string;
let used = 0;

beforeAll(async () => {
  app = await startTestService({ routes: (deps) => [...webApiRoutes(deps), ...licensingAdminRoutes(deps)] });
  ada = await seedMember(app.deps);
});
afterAll(() => app.close());
beforeEach(() => {
  used += 1;
  address = `198.51.100.${used}`;
});

const get = (key: string, from = address) => app.gateway.get(`/api.php?key=${key}`).set('x-forwarded-for', from);
const admin = (method: 'get' | 'post' | 'delete', path: string) =>
  app.gateway[method](`/admin/v1/${path}`).auth(ADMIN_TOKEN, { type: 'bearer' });

async function guess(count: number, from = address) {
  const replies = await Promise.all(Array.from({ length: count }, () => get(newLicenceKey(), from)));
  for (const { body } of replies) expect(body).toEqual(WRONG);
}

describe('distinct wrong keys of an address', () => {
  it('ban it for a day from the twentieth on, good keys too', async () => {
    await guess(19);
    expect((await get('no key at all')).body).toEqual(WRONG);
    expect((await get(newLicenceKey())).body).toEqual(BANNED);
    expect((await get(ada.keyValue)).body).toEqual(BANNED);
    expect((await app.gateway.get('/api.php?cmd=getHandshake&token=x').set('x-forwarded-for', address)).body).toEqual(BANNED);
    app.clock.advance(24 * 60 * MINUTE_MS - 1000);
    expect((await get(newLicenceKey())).body).toEqual(BANNED);
    app.clock.advance(1000);
    expect((await get(newLicenceKey())).body).toEqual(WRONG);
  });

  it('do not when they are the same one again, or when none is sent', async () => {
    const wrong = newLicenceKey();
    const same = [...Array.from({ length: 21 }, () => wrong), ...Array.from({ length: 21 }, () => '')];
    for (const { body } of await Promise.all(same.map((key) => get(key)))) expect(body).toEqual(WRONG);
    await guess(18);
    expect((await get(wrong)).body).toEqual(WRONG);
  });

  it('do not when they are spread over more than ten minutes', async () => {
    await guess(10);
    app.clock.advance(10 * MINUTE_MS);
    await guess(19);
    expect((await get(ada.keyValue)).body).not.toEqual(BANNED);
  });

  it('never ban a customer whose keys ran out or were invalidated', async () => {
    const expiresAt = new Date(app.clock().getTime() - 1000);
    const spoilt = (index: number) => (index % 2 === 0 ? { expiresAt } : { isInvalidated: true });
    const keys = await Promise.all(Array.from({ length: 22 }, (_, index) => seedKey(app.deps, { userId: ada.sellerId, ...spoilt(index) })));
    for (const { body } of await Promise.all(keys.map(({ keyValue }) => get(keyValue)))) expect(body).toEqual(WRONG);
    await guess(2);
  });

  it('count handshake tokens that were never made', async () => {
    const tokens = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const replies = await Promise.all(
      tokens.map((token) => app.gateway.get(`/api.php?cmd=getHandshake&token=${token}`).set('x-forwarded-for', address)),
    );
    for (const { body } of replies) expect(body).toEqual({ code: 404, status: 404, message: 'handshake invalid' });
    expect((await get(newLicenceKey())).body).toEqual(BANNED);
  });

  it('of one IPv6 /64 are of one address', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => guess(1, `2001:db8:0:${used}:${index}::1`)));
    expect((await get(newLicenceKey(), `2001:db8:0:${used}:ffff::1`)).body).toEqual(BANNED);
    expect((await get(newLicenceKey(), `2001:db8:1:${used}::1`)).body).toEqual(WRONG);
  });

  it('ban exactly once when they come at the same instant', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const caller = describeCaller(`192.0.2.${100 + round}`);
      const count = () => countWrongKey(app.deps, { caller, keyHash: hashToken(newLicenceKey()), now: app.clock() });
      const banned = await Promise.all(Array.from({ length: 20 }, count));
      expect(banned.filter(Boolean)).toEqual([true]);
      expect(await isBanned(app.deps.db, caller.network, app.clock())).toBe(true);
    }
  });

  it('behind an undeclared proxy are refused with 429 while they go on, and nobody is banned', async () => {
    const viaProxy = (key: string) =>
      app.service.get(`/api.php?key=${key}`).set(INTERNAL_HEADERS.address, '10.0.0.1').set(INTERNAL_HEADERS.undeclaredProxy, '1');
    const first = await Promise.all(Array.from({ length: 20 }, () => viaProxy(newLicenceKey())));
    expect(first.map(({ status }) => status)).toEqual(first.map(() => 401));
    const later = await Promise.all(Array.from({ length: 5 }, () => viaProxy(newLicenceKey())));
    expect(later.map(({ status, headers }) => [status, headers['retry-after']])).toEqual(later.map(() => [429, '600']));
    const bob = await seedMember(app.deps);
    await seedSession(app.deps, { id: bob.keyId, userId: bob.sellerId, memberId: bob.memberId }, '10.0.0.1');
    expect((await viaProxy(bob.keyValue)).status).toBe(200);
    app.clock.advance(10 * MINUTE_MS);
    expect((await viaProxy(newLicenceKey())).status).toBe(401);
  });
});

describe('operators', () => {
  it('see the ban and lift it, which clears the count', async () => {
    await guess(20);
    const { body } = await admin('get', 'bans');
    const [ban] = body.items;
    expect(ban).toEqual({
      id: expect.any(Number),
      address,
      reason: '20 wrong licence keys',
      created_at: app.clock().toISOString(),
      expires_at: new Date(app.clock().getTime() + 24 * 60 * MINUTE_MS).toISOString(),
    });
    expect((await admin('delete', `bans/${ban.id}`)).status).toBe(204);
    await guess(19);
    expect((await admin('delete', `bans/${ban.id}`)).status).toBe(404);
  });

  it('ban an address, which is felt at once and ends the Sessions opened from it', async () => {
    const bob = await seedMember(app.deps);
    await seedSession(app.deps, { id: bob.keyId, userId: bob.sellerId, memberId: bob.memberId }, '2001:db8:9:9::5');
    expect((await get(bob.keyValue, '2001:db8:9:9::6')).status).toBe(200);
    const made = await admin('post', 'bans').send({ address: '2001:db8:9:9::7', reason: 'abuse' });
    expect([made.status, made.body.address, made.body.expires_at]).toEqual([201, '2001:db8:9:9::/64', null]);
    expect((await get(bob.keyValue, '2001:db8:9:9::6')).body).toEqual(BANNED);
    expect((await admin('post', 'bans').send({ address: '2001:DB8:9:9::/64', reason: 'again' })).status).toBe(409);
    await admin('delete', `bans/${made.body.id}`);
    const after = await get(bob.keyValue, '2001:db8:9:9::6');
    expect(after.body.message).toMatch(/hash not matching/);
    expect(await app.deps.db.prisma.keySession.count({ where: { keyId: bob.keyId, endedAt: null } })).toBe(1);
  });

  it('are told which parameter is wrong', async () => {
    const wrong: [object, string][] = [
      [{ reason: 'x' }, 'address'],
      [{ address: 'home', reason: 'x' }, 'address'],
      [{ address: '10.0.0.0/8', reason: 'x' }, 'address'],
      [{ address: '10.0.0.1/64', reason: 'x' }, 'address'],
      [{ address }, 'reason'],
      [{ address, reason: '' }, 'reason'],
      [{ address, reason: 'x', expires_at: '2001-01-01' }, 'expires_at'],
      [{ address, reason: 'x', id: 1 }, 'id'],
    ];
    for (const [body, path] of wrong) {
      const reply = await admin('post', 'bans').send(body);
      expect([reply.status, reply.body.details[0].path]).toEqual([400, path]);
    }
  });

  it('page through bans', async () => {
    for (const host of [1, 2, 3]) await admin('post', 'bans').send({ address: `192.0.2.${host}`, reason: 'x' });
    const first = await admin('get', 'bans?limit=2');
    expect(first.body.items.map((ban: { address: string }) => ban.address)).toEqual(['192.0.2.3', '192.0.2.2']);
    const second = await admin('get', `bans?limit=1&cursor=${first.body.next_cursor}`);
    expect(second.body.items[0].address).toBe('192.0.2.1');
  });
});
