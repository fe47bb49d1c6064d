import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { issueCredential, revokeCredential } from '../credentials/index.ts';
import { phpstrapRoutes } from './phpstrap-routes.ts';

let test: TestService;

beforeAll(async () => {
  test = await startTestService({ routes: phpstrapRoutes });
});
afterAll(() => test.close());
beforeEach(async () => {
  await setSetting('phpstrap_enabled', true);
});

it('refuses in the documented order: path, method, switch, token, account, limit, plan, parameters, row', async () => {
  const { id, token } = await makeUser({ planName: 'reseller', rateLimit: 1, rateLimitWindow: 3600, isActive: false });
  await setSetting('phpstrap_enabled', false);
  const wrong = '/api/v1/users.php?page=0&id=2000000000&api_key=psk_wrong';
  const right = wrong.replace('psk_wrong', token);
  expect(await codeOf('post', '/api/v1/nothing.php')).toBe('404 NOT_FOUND');
  expect(await codeOf('post', wrong)).toBe('405 METHOD_NOT_ALLOWED');
  expect(await codeOf('get', wrong)).toBe('503 API_DISABLED');
  expect(await codeOf('get', '/api/v1/status.php')).toBe('503 API_DISABLED');
  await setSetting('phpstrap_enabled', true);
  expect(await codeOf('get', '/api/v1/users.php?page=0')).toBe('401 MISSING_TOKEN');
  expect(await codeOf('get', wrong)).toBe('401 INVALID_TOKEN');
  expect(await codeOf('get', right)).toBe('403 ACCOUNT_INACTIVE');
  await changeUser(id, { isActive: true, planName: 'standard' });
  expect(await codeOf('get', right)).toBe('403 FORBIDDEN');
  expect(await codeOf('get', right)).toBe('429 RATE_LIMIT_EXCEEDED');
  await changeUser(id, { rateLimit: 100 });
  expect(await codeOf('get', right)).toBe('403 FORBIDDEN');
  await changeUser(id, { planName: 'reseller' });
  expect(await codeOf('get', right)).toBe('400 INVALID_PARAM');
  expect(await codeOf('get', right.replace('page=0', 'page=1'))).toBe('404 NOT_FOUND');
});

it('a banned account is refused as an inactive one', async () => {
  const { token } = await makeUser({ banned: true });
  expect(await codeOf('get', `/api/v1/me.php?api_key=${token}`)).toBe('403 ACCOUNT_INACTIVE');
});

it('405 names the methods that are taken', async () => {
  const { headers } = await test.gateway.delete('/api/v1/me.php');
  expect(headers.allow).toBe('GET, HEAD, OPTIONS');
});

it('every response carries rate-limit figures', async () => {
  const { token } = await makeUser({});
  const signed = `api_key=${token}`;
  const paths = ['status.php', `status.php?${signed}`, 'me.php', `me.php?${signed}`, `users.php?${signed}`, 'none.php', '%zz.php', ''];
  for (const path of paths) {
    for (const method of ['get', 'head', 'post', 'options'] as const) {
      const { headers } = await test.gateway[method](`/api/v1/${path}`).set('x-forwarded-for', '198.51.100.1');
      const figures = [headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']];
      expect([method, path, ...figures]).toEqual([method, path, ...figures.map(() => expect.stringMatching(/^\d+$/))]);
      expect(Number(headers['x-ratelimit-limit'])).toBe(path.includes(token) ? 1000 : 60);
    }
  }
});

it('me.php tells the figures of its own headers', async () => {
  const { token } = await makeUser({ rateLimit: 7, rateLimitWindow: 60 });
  for (const usage of [1, 2, 3]) {
    const { headers, body } = await test.gateway.get('/api/v1/me.php').set('authorization', `Bearer ${token}`);
    const reset = new Date(Number(headers['x-ratelimit-reset']) * 1000);
    expect(body.data.api).toEqual({
      plan: 'standard',
      usage,
      limit: 7,
      remaining: 7 - usage,
      reset_at: `${reset.toISOString().slice(0, 19)}+00:00`,
    });
    expect([headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual(['7', String(7 - usage)]);
  }
});

it('a limit that an operator changes in the window is counted on exactly', async () => {
  const { id, token } = await makeUser({});
  const passes = async () => (await codeOf('get', `/api/v1/me.php?api_key=${token}`)) === '200 ';
  for (let call = 0; call < 5; call += 1) expect(await passes()).toBe(true);
  await changeUser(id, { rateLimit: 7 });
  expect([await passes(), await passes(), await passes()]).toEqual([true, true, false]);
  await changeUser(id, { rateLimit: 8 });
  const { headers } = await test.gateway.get(`/api/v1/me.php?api_key=${token}`);
  // In memory a refused call is counted: the shared count in Redis is the exact one.
  if (test.redisUrl !== undefined) expect(headers['x-ratelimit-remaining']).toBe('0');
});

it('the 429 tells in whole seconds when to come back', async () => {
  const { token } = await makeUser({ rateLimit: 1, rateLimitWindow: 90 });
  await test.gateway.get(`/api/v1/me.php?api_key=${token}`);
  const { status, headers } = await test.gateway.get(`/api/v1/me.php?api_key=${token}`);
  expect(status).toBe(429);
  expect(headers['retry-after']).toMatch(/^(8\d|90)$/);
  expect(headers['x-ratelimit-remaining']).toBe('0');
});

it('a new token is not a new allowance', async () => {
  const { id, token } = await makeUser({ rateLimit: 2 });
  await test.gateway.get(`/api/v1/me.php?api_key=${token}`);
  const { secret } = await issueCredential(test.deps.db, { userId: id, kind: 'phpstrap', now: test.clock() });
  await test.deps.versions.touch([versionOf.user(id)]);
  expect(await codeOf('get', `/api/v1/me.php?api_key=${token}`)).toBe('401 INVALID_TOKEN');
  const { body } = await test.gateway.get(`/api/v1/me.php?api_key=${secret}`);
  expect(body.data.api.usage).toBe(2);
});

it('wrong tokens cost their address 60 a minute and nobody else', async () => {
  const { token } = await makeUser({});
  const call = (query: string, address: string) => codeOf('get', `/api/v1/me.php${query}`, { 'x-forwarded-for': address });
  const codes = await Promise.all(Array.from({ length: 62 }, (_, n) => call(n % 2 ? '' : '?api_key=psk_no', '2001:db8:7:7::1')));
  expect(codes.filter((code) => code.startsWith('401'))).toHaveLength(60);
  expect(codes.filter((code) => code === '429 RATE_LIMIT_EXCEEDED')).toHaveLength(2);
  expect(await call('?api_key=psk_no', '2001:db8:7:7:ffff::2')).toBe('429 RATE_LIMIT_EXCEEDED');
  expect(await call(`?api_key=${token}`, '2001:db8:7:7::1')).toBe('200 ');
  expect(await call('', '2001:db8:7:8::1')).toBe('401 MISSING_TOKEN');
});

it('a Bearer token wins over api_key, and access_token is no credential', async () => {
  const { token } = await makeUser({});
  expect(await codeOf('get', `/api/v1/me.php?api_key=${token}`, { authorization: 'Bearer psk_wrong' })).toBe('401 INVALID_TOKEN');
  expect(await codeOf('get', '/api/v1/me.php?api_key=psk_wrong', { authorization: `Bearer ${token}` })).toBe('200 ');
  expect(await codeOf('get', `/api/v1/me.php?access_token=${token}`)).toBe('401 MISSING_TOKEN');
  expect(await codeOf('get', `/api/v1/me.php?api_key=${token}&api_key=${token}`)).toBe('401 INVALID_TOKEN');
  expect(await codeOf('get', `/api/v1/me.php?api_key=${token}&x=1&x=2`)).toBe('400 INVALID_PARAM');
});

it('status.php takes nothing from any limit and ignores a token that is not valid', async () => {
  const { id, token } = await makeUser({ name: 'Seen', membership: 'lifetime' });
  const status = async (query: string) => (await test.gateway.get(`/api/v1/status.php${query}`)).body.data.caller;
  expect(await status('?api_key=psk_wrong')).toBeNull();
  expect(await status(`?api_key=${token}`)).toEqual({ id, name: 'Seen', membership: 'lifetime' });
  const { body } = await test.gateway.get(`/api/v1/me.php?api_key=${token}`);
  expect(body.data.api.usage).toBe(1);
  await revokeCredential(test.deps.db, { userId: id, kind: 'phpstrap', now: test.clock() });
  await test.deps.versions.touch([versionOf.user(id)]);
  expect(await status(`?api_key=${token}`)).toBeNull();
});

it('a premium membership ends with the second that it names', async () => {
  const end = new Date('2031-03-04T05:06:07.800Z');
  const { token } = await makeUser({ membership: 'premium', membershipExpiresAt: end });
  const before = test.clock();
  const membership = async (at: string) => {
    test.clock.set(at);
    return (await test.gateway.get(`/api/v1/me.php?api_key=${token}`)).body.data.membership;
  };
  expect(await membership('2031-03-04T05:06:06.999Z')).toEqual({ status: 'premium', expires: '2031-03-04 05:06:07' });
  expect(await membership('2031-03-04T05:06:07.000Z')).toEqual({ status: 'free', expires: '2031-03-04 05:06:07' });
  test.clock.set(before);
});

it('HEAD answers as GET does, without a body', async () => {
  const { token } = await makeUser({});
  const { status, headers, text } = await test.gateway.head(`/api/v1/me.php?api_key=${token}`);
  expect([status, headers['content-type'], text ?? '']).toEqual([200, 'application/json', '']);
  expect(headers['x-ratelimit-remaining']).toBe('999');
  const refused = await test.gateway.head('/api/v1/me.php');
  expect([refused.status, refused.headers['x-fault']]).toEqual([401, 'NO_CREDENTIAL']);
});

it('browsers of allowed origins may call, and no others', async () => {
  const { token } = await makeUser({});
  const ask = (method: 'get' | 'options', origin: string) =>
    test.gateway[method]('/api/v1/me.php').set({ origin, authorization: `Bearer ${token}` });
  expect((await ask('get', 'https://app.test')).headers['access-control-allow-origin']).toBeUndefined();
  await setSetting('cors_origins', ['https://app.test']);
  const { headers } = await ask('get', 'https://app.test');
  expect(headers['access-control-allow-origin']).toBe('https://app.test');
  expect(headers['access-control-expose-headers']).toContain('X-RateLimit-Remaining');
  expect((await test.gateway.get('/api/v1/me.php').set('origin', 'https://app.test')).headers['access-control-allow-origin']).toBe(
    'https://app.test',
  );
  expect((await ask('get', 'https://evil.test')).headers['access-control-allow-origin']).toBeUndefined();
  const preflight = await ask('options', 'https://app.test');
  expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD, OPTIONS']);
  expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
});

it('a token in use costs the database nothing while nothing changes', async () => {
  const { id, token } = await makeUser({});
  let queries = 0;
  const { db } = test.deps;
  const counting: Database = {
    ...db,
    query(...call) {
      queries += 1;
      return db.query(...call);
    },
  };
  const other = await startTestService({ routes: (deps) => phpstrapRoutes({ ...deps, db: counting }), on: test });
  const call = async () => (await other.gateway.get(`/api/v1/me.php?api_key=${token}`)).body.data.name;
  for (let warm = 0; warm < 3; warm += 1) await call();
  queries = 0;
  for (let hit = 0; hit < 5; hit += 1) expect(await call()).toBe('Somebody');
  expect(queries).toBe(0);
  await changeUser(id, { name: 'Renamed' });
  expect(await call()).toBe('Renamed');
  await other.close();
});

it('a database that is away is told as the document says, with figures', async () => {
  const down: Database = { ...test.deps.db, query: () => Promise.reject(new Fault('DATABASE_DOWN')) };
  const other = await startTestService({ routes: (deps) => phpstrapRoutes({ ...deps, db: down }), on: test });
  const { status, body, headers } = await other.gateway.get('/api/v1/me.php?api_key=psk_any');
  expect([status, body.error.code, headers['x-ratelimit-limit']]).toEqual([500, 'INTERNAL_ERROR', '60']);
  await other.close();
});

async function codeOf(method: 'get' | 'post', path: string, headers: Record<string, string> = {}): Promise<string> {
  const { status, body } = await test.gateway[method](path).set(headers);
  return `${status} ${body.error?.code ?? ''}`;
}

async function makeUser(data: object): Promise<{ id: number; token: string }> {
  const { id } = await test.deps.db.prisma.user.create({ data: { name: 'Somebody', ...data } });
  const { secret } = await issueCredential(test.deps.db, { userId: id, kind: 'phpstrap', now: test.clock() });
  return { id, token: secret };
}

async function changeUser(id: number, data: object): Promise<void> {
  await test.deps.db.prisma.user.update({ where: { id }, data });
  await test.deps.versions.touch([versionOf.user(id)]);
}

async function setSetting(name: string, value: boolean | string[]): Promise<void> {
  await test.deps.db.prisma.setting.upsert({ where: { name }, create: { name, value }, update: { value } });
  await test.deps.versions.touch([versionOf.settings]);
}
