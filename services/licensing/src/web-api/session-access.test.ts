import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLicensing } from '../create-licensing.ts';
import { seedKey, seedUser } from './testing/seed-member.ts';

const V4 = '203.0.113.7';
const V6 = '2001:db8:1:2::1';

let app: TestService;
let sellerId: number;
let memberId: number;
let keys: { id: number; keyValue: string }[];

beforeAll(async () => {
  app = await startTestService({ routes: createLicensing });
  sellerId = (await seedUser(app.deps)).id;
});
afterAll(() => app.close());
beforeEach(async () => {
  memberId = (await seedUser(app.deps)).id;
  keys = [await seedKey(app.deps, { userId: sellerId, memberId }), await seedKey(app.deps, { userId: sellerId, memberId })];
});

const keyOf = (index: number) => keys[index]?.keyValue ?? '';
const ask = async (index: number, address: string) =>
  (await app.gateway.get(`/api.php?key=${keyOf(index)}`).set('x-forwarded-for', address)).body.message ?? 'allowed';

async function open(index: number, address: string) {
  const reply = await app.gateway
    .post('/sessions')
    .set('x-forwarded-for', address)
    .send({ key: keyOf(index), hwid: 'machine' });
  expect(reply.status).toBe(201);
  const { id, token }: { id: number; token: string } = reply.body.session;
  const send = (method: 'post' | 'delete', path: string, from: string) =>
    app.gateway[method](path).auth(token, { type: 'bearer' }).set('x-forwarded-for', from);
  return {
    heartbeat: async (from: string) => (await send('post', `/sessions/${id}/heartbeat`, from)).status,
    end: async () => (await send('delete', `/sessions/${id}`, address)).status,
  };
}

describe('a Session opened with POST /sessions', () => {
  it('opens the Web API to its address, and its end closes it, though the call before was let in', async () => {
    expect(await ask(0, V4)).toMatch(/not an active Session/);
    const session = await open(0, V4);
    expect([await ask(0, V4), await ask(0, V4), await ask(0, V4)]).toEqual(['allowed', 'allowed', 'allowed']);
    expect(await ask(0, '198.51.100.1')).toMatch(/hash not matching/);
    expect(await session.end()).toBe(200);
    expect(await ask(0, V4)).toMatch(/not an active Session/);
  });

  it('moves with the next Session, though the call before was let in', async () => {
    await open(0, V4);
    expect([await ask(0, V4), await ask(0, V4), await ask(0, V4)]).toEqual(['allowed', 'allowed', 'allowed']);
    await open(0, '198.51.100.1');
    expect(await ask(0, V4)).toMatch(/hash not matching/);
    expect(await ask(0, '198.51.100.1')).toBe('allowed');
  });

  it('takes in the other address family with a heartbeat', async () => {
    const session = await open(0, V4);
    expect(await ask(0, V6)).toMatch(/hash not matching/);
    expect(await session.heartbeat(V6)).toBe(200);
    expect([await ask(0, V4), await ask(0, V6)]).toEqual(['allowed', 'allowed']);
    expect(await session.heartbeat('198.51.100.1')).toBe(200);
    expect(await ask(0, '198.51.100.1')).toMatch(/hash not matching/);
  });

  it('of one key ends without the Session of another key of the same member keeping it open', async () => {
    const first = await open(0, V4);
    const second = await open(1, V4);
    expect([await ask(0, V4), await ask(0, V4), await ask(0, V4)]).toEqual(['allowed', 'allowed', 'allowed']);
    await first.end();
    expect(await ask(0, V4)).toMatch(/not an active Session/);
    expect(await ask(1, V4)).toBe('allowed');
    await second.end();
    expect(await ask(1, V4)).toMatch(/not an active Session/);
  });

  it('goes on with its next heartbeat when the Session that drew the hash has ended', async () => {
    const first = await open(0, V4);
    const second = await open(1, V4);
    await second.end();
    expect(await ask(0, V4)).toMatch(/hash not matching/);
    expect(await first.heartbeat(V4)).toBe(200);
    expect(await ask(0, V4)).toBe('allowed');
  });

  it('of a key that is invalidated opens nothing, though the call before was let in', async () => {
    await open(0, V4);
    expect([await ask(0, V4), await ask(0, V4), await ask(0, V4)]).toEqual(['allowed', 'allowed', 'allowed']);
    await app.deps.db.prisma.licenceKey.update({ where: { id: keys[0]?.id ?? 0 }, data: { isInvalidated: true } });
    await app.deps.versions.touch([`licence:${keys[0]?.id}`]);
    expect(await ask(0, V4)).toBe('invalid api key');
  });
});
