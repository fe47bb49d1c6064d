import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { makeWorld, type World } from '../black-box.ts';
import { allHealthy, containersOf, deployment, docker } from './compose.ts';
import { type Call, type Machine, startMachine } from './machine.ts';

const operator = supertest.agent(deployment.baseUrl).set('authorization', `Bearer ${deployment.adminToken}`);
/** What a caller may say of itself; each would be believed of a declared proxy. */
const forge = (address: string) => ({ 'x-forwarded-for': address, forwarded: `for=${address}`, 'x-real-ip': address });
const wrongKey = () =>
  randomBytes(8)
    .toString('hex')
    .toUpperCase()
    .replaceAll(/(....)(?=.)/g, '$1-');
let world: World;
let ann: Machine;
let bob: Machine;

beforeAll(async () => {
  await allHealthy(60_000);
  world = await makeWorld(operator);
  [ann, bob] = [await startMachine(), await startMachine()];
}, 120_000);

afterAll(async () => {
  const { body } = await operator.get('/admin/v1/bans').query({ limit: 200 });
  for (const { id, address } of body.items) if (address === bob?.address) await operator.delete(`/admin/v1/bans/${id}`);
  await ann?.close();
  await bob?.close();
}, 60_000);

describe('docker-compose with Caddy in front: the address that counts is the caller’s own', () => {
  it('HTTPS answers under its certificate, HTTP sends there', async () => {
    const [secure, plain] = await ann.call(
      { path: '/api/v1/status.php' },
      { origin: 'http://caddy', path: '/api/v1/status.php', headers: { host: 'localhost' } },
    );
    expect([secure?.status, secure?.body.success]).toEqual([200, true]);
    expect([plain?.status, plain?.headers.location]).toEqual([308, 'https://localhost/api/v1/status.php']);
  });

  it('in the salted hash: a Session opened by one is of no use to another, whatever that one says of itself', async () => {
    const open: Call = { path: '/sessions', method: 'POST', body: { key: world.licenceKey, hwid: 'machine' } };
    const ask: Call = { path: `/api.php?key=${world.licenceKey}&cmd=getMember` };
    const [opened, own] = await ann.call(open, ask);
    expect([opened?.status, own?.status, own?.body.fid]).toEqual([201, 200, world.userId]);
    const others = await bob.call(
      ask,
      { ...ask, headers: forge(ann.address) },
      { ...ask, headers: { 'x-forwarded-for': `${ann.address}, 1.1.1.1` } },
    );
    const refusal = { code: 401, status: 401, message: expect.stringContaining('hash not matching') };
    expect(others.map(({ body }) => body)).toEqual([refusal, refusal, refusal]);
    expect((await ann.call({ ...ask, headers: forge(bob.address) }))[0]?.status).toBe(200);
  });

  it('in the LAN rule of the voucher API', async () => {
    await operator
      .patch(`/admin/v1/sites/${world.siteId}`)
      .send({ get_allowed_cidrs: [`${ann.address}/32`] })
      .expect(200);
    const ask: Call = { path: `/api/?api-key=${world.siteApiKey}&action=get_logins` };
    const forged: Call = { ...ask, headers: forge(ann.address) };
    const refusal = [403, { message: 'API Key not set or method not allowed', error: true }];
    expect((await ann.call(ask)).map(({ status }) => status)).toEqual([200]);
    const past = { ...forged, origin: 'http://gateway:8080' };
    expect((await bob.call(ask, forged, past)).map(({ status, body }) => [status, body])).toEqual([refusal, refusal, refusal]);
    const published = await supertest(deployment.baseUrl).get(ask.path).set(forge(ann.address));
    expect([published.status, published.body]).toEqual(refusal);
  });

  it('in limits: each has an allowance of its own, and no other name gets more', async () => {
    const stranger: Call = { path: '/api/v1/me.php' };
    const left = async (machine: Machine, ...calls: Call[]) =>
      (await machine.call(...calls)).map(({ headers }) => Number(headers['x-ratelimit-remaining']));
    const [first = 0, ...rest] = await left(
      bob,
      stranger,
      { ...stranger, headers: forge('192.0.2.1') },
      { ...stranger, headers: forge(ann.address) },
    );
    expect(rest).toEqual([first - 1, first - 2]);
    expect(await left(ann, stranger)).toEqual([first]);
  });

  it('in bans: who guesses keys is banned under any name, and nobody else is', async () => {
    const guess = (turn: number): Call => ({ path: `/api.php?key=${wrongKey()}&cmd=getMember`, headers: forge(`192.0.2.${turn}`) });
    const guesses = await bob.call(...Array.from({ length: 22 }, (_, turn) => guess(turn)));
    expect(guesses[0]?.body).toEqual({ code: 401, status: 401, message: 'invalid api key' });
    expect(guesses.slice(-2).map(({ body }) => body.message)).toEqual(Array(2).fill('authorization denied by server'));
    const [ask] = await ann.call({ path: `/api.php?key=${world.licenceKey}&cmd=getMember` });
    expect(ask?.status).toBe(200);
    const { body } = await operator.get('/admin/v1/bans').query({ limit: 200 });
    expect(body.items.filter(({ address }: { address: string }) => address.startsWith('192.0.2.'))).toEqual([]);
  });

  it('in the audit', async () => {
    const rowsOf = async (address: string) => (await operator.get('/admin/v1/audit').query({ address })).body.items.length;
    expect([(await rowsOf(ann.address)) > 0, (await rowsOf(bob.address)) > 0, await rowsOf('192.0.2.1')]).toEqual([true, true, 0]);
  });

  it('the gateway restarts behind it, and no request is lost', async () => {
    const calls = Array.from({ length: 1_500 }, (_, turn): Call => ({ path: `/api/v1/status.php?turn=${turn}` }));
    const answers = ann.call(...calls);
    for (const id of await containersOf('gateway')) await docker('restart', '-t', '30', id);
    expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([200]));
    await allHealthy(30_000);
  }, 90_000);
});
