import { createHash, createHmac } from 'node:crypto';
import { versionOf } from '@gatehouse/auth';
import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { issueCredential } from '../credentials/index.ts';
import { openSession } from '../user-sessions/index.ts';
import { altercpaRoutes } from './altercpa-routes.ts';

const BOT_TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const START = '2027-01-15T08:00:00Z';
const DAY_MS = 86_400_000;
let test: TestService;
let telegramIds = 1000;

beforeAll(async () => {
  test = await startTestService({ routes: (deps) => altercpaRoutes(deps, { telegramBotToken: BOT_TOKEN }) });
});
afterAll(() => test.close());
beforeEach(() => test.clock.set(START));

describe('credentials', () => {
  it('an API key is taken in the query and as Bearer, on GET and POST, and Bearer wins', async () => {
    const { key } = await makeUser();
    expect(await errorOf('get', `profile/info.json?id=${key}`)).toBe('ok');
    expect(await errorOf('get', 'profile/info.json', key)).toBe('ok');
    expect(await errorOf('post', `profile/notify.json?id=${key}`)).toBe('ok');
    expect(await errorOf('get', `profile/info.json?id=${key}`, '1-0000000000000000000000000000000000000000')).toBe('key');
    expect(await errorOf('get', `profile/info.json?id=${key}&id=${key}`)).toBe('key');
  });

  it('nothing else is a credential: no body member, no ?id= of another form, no session in the query', async () => {
    const { id, key } = await makeUser();
    const { token } = await session(id);
    const inBody = await test.gateway.post('/api/profile/notify.json').send({ id: key });
    expect(inBody.body).toEqual({ status: 'error', error: 'key' });
    for (const query of ['', '?id=7', `?id=${token}`, `?access_token=${key}`, `?api_key=${key}`, `?id=${key.slice(0, -1)}`]) {
      expect([query, await errorOf('get', `profile/info.json${query}`)]).toEqual([query, 'key']);
    }
    expect(await errorOf('get', 'profile/info.json?id=7', key)).toBe('ok');
  });

  it('every answer is 200 and JSON, whatever becomes of it', async () => {
    const { key } = await makeUser();
    const calls = [
      test.gateway.get('/api/nothing.json'),
      test.gateway.get('/api/profile/info.json'),
      test.gateway.delete('/api/profile/info.json'),
      test.gateway.get(`/api/profile/apikey.json?id=${key}`),
      test.gateway.post(`/api/profile/notify.json?id=${key}`).set('content-type', 'application/json').send('{'),
      test.gateway.post(`/api/profile/notify.json?id=${key}`).set('content-type', 'text/plain').send('x'),
      test.gateway.post(`/api/profile/notify.json?id=${key}`).send([1]),
    ];
    const errors = ['func', 'key', 'func', 'func', 'param', 'param', 'param'];
    for (const [index, { status, headers, body }] of (await Promise.all(calls)).entries()) {
      expect([status, headers['content-type'], body]).toEqual([200, 'application/json', { status: 'error', error: errors[index] }]);
    }
  });

  it('refuses in the documented order: path and method, credential, suspension, lapse, endpoint', async () => {
    const { id, key } = await makeUser({ banned: true, membership: 'premium', membershipExpiresAt: new Date(0) });
    expect(await errorOf('post', 'nothing.json')).toBe('func');
    expect(await errorOf('get', 'profile/notify.json')).toBe('func');
    expect(await errorOf('post', 'profile/notify.json')).toBe('key');
    const call = () => test.gateway.post(`/api/profile/notify.json?id=${key}`).send({ tariff: 'perhaps' });
    expect((await call()).body.error).toBe('ban');
    await changeUser(id, { banned: false, isActive: false });
    expect((await call()).body.error).toBe('ban');
    await changeUser(id, { isActive: true });
    expect((await call()).body.error).toBe('unpaid');
    await changeUser(id, { membershipExpiresAt: null });
    expect((await call()).body.error).toBe('param');
  });
});

describe('the lapse', () => {
  it('ends sessions with the second that is paid until, and API keys 7 × 24 hours later', async () => {
    const end = new Date('2027-02-01T12:00:00Z');
    const { id, key } = await makeUser({ membership: 'premium', membershipExpiresAt: end });
    const at = async (ms: number) => {
      test.clock.set(new Date(end.getTime() + ms));
      const { token } = await session(id);
      return [await errorOf('get', 'profile/info.json', token), await errorOf('get', `profile/info.json?id=${key}`)];
    };
    expect(await at(-1)).toEqual(['ok', 'ok']);
    expect(await at(0)).toEqual(['unpaid', 'ok']);
    expect(await at(7 * DAY_MS - 1)).toEqual(['unpaid', 'ok']);
    expect(await at(7 * DAY_MS)).toEqual(['unpaid', 'unpaid']);
  });

  it('is told by info and timeline', async () => {
    const { key } = await makeUser({ membership: 'premium', membershipExpiresAt: new Date('2027-01-14T00:00:00Z') });
    const { data: timeline } = await read('billing/timeline.json', key);
    expect(timeline).toEqual({
      paid_until: '2027-01-14 00:00:00',
      dashboard_until: '2027-01-14 00:00:00',
      api_until: '2027-01-21 00:00:00',
    });
    expect((await read('profile/info.json', key)).data).toMatchObject({
      paid_until: '2027-01-14 00:00:00',
      grace_until: '2027-01-21 00:00:00',
    });
    const free = await makeUser();
    expect((await read('billing/timeline.json', free.key)).data).toEqual({
      paid_until: '0000-00-00 00:00:00',
      dashboard_until: null,
      api_until: null,
    });
    expect((await read('profile/info.json', free.key)).data).toMatchObject({ paid_until: '0000-00-00 00:00:00', grace_until: null });
  });
});

describe('the profile', () => {
  it('notify changes what is given and leaves the rest, in JSON and in a form', async () => {
    const { key } = await makeUser();
    const post = (body: object, type = 'json') => test.gateway.post(`/api/profile/notify.json?id=${key}`).type(type).send(body);
    expect((await post({ leads: false, unknown: 1 })).body).toEqual({ status: 'ok', data: { tariff: true, leads: false } });
    expect((await post({ tariff: '0' }, 'form')).body.data).toEqual({ tariff: false, leads: false });
    expect((await post({ tariff: 'true', leads: 1 }, 'form')).body.data).toEqual({ tariff: true, leads: true });
    expect((await post({ tariff: 'true' })).body.error).toBe('param');
    expect((await post({ tariff: null })).body.error).toBe('param');
    expect((await post({})).body.data).toEqual({ tariff: true, leads: true });
    expect((await read('profile/info.json', key)).data.notify).toEqual({ tariff: true, leads: true });
  });

  it('a new API key takes the place of the old one at once', async () => {
    const { id, key } = await makeUser();
    for (let warm = 0; warm < 3; warm += 1) expect(await errorOf('get', `profile/info.json?id=${key}`)).toBe('ok');
    const { body } = await test.gateway.post(`/api/profile/apikey.json?id=${key}`);
    expect(body.data.key).toMatch(new RegExp(`^${id}-[0-9a-f]{40}$`));
    expect(await errorOf('get', `profile/info.json?id=${key}`)).toBe('key');
    expect(await errorOf('get', `profile/info.json?id=${body.data.key}`)).toBe('ok');
  });

  it('of parallel rotations one key lives', async () => {
    const { key } = await makeUser();
    const replies = await Promise.all(Array.from({ length: 8 }, () => test.gateway.post(`/api/profile/apikey.json?id=${key}`)));
    const made = replies.flatMap(({ body }) => (body.status === 'ok' ? [body.data.key] : []));
    const alive = await Promise.all(made.map((one) => errorOf('get', `profile/info.json?id=${one}`)));
    expect(alive.filter((answer) => answer === 'ok')).toHaveLength(1);
    expect(await errorOf('get', `profile/info.json?id=${key}`)).toBe('key');
  });

  it('the tariffs on offer are told with their prices as numbers', async () => {
    const { key } = await makeUser();
    await test.deps.db.prisma.tariff.create({ data: { name: 'pro', title: 'Professional', price: '19.90', campaigns: 50 } });
    expect((await read('billing/tariffs.json', key)).data).toEqual([
      { name: 'free', title: 'Free', price: 0, campaigns: 0 },
      { name: 'pro', title: 'Professional', price: 19.9, campaigns: 50 },
    ]);
  });
});

describe('sessions', () => {
  it('slide: 12 hours after the last use they end, to the second', async () => {
    const { id } = await makeUser();
    const { token } = await session(id);
    test.clock.advance(12 * 3_600_000 - 1000);
    expect((await read('auth/session.json', token)).data).toEqual({ expires: '2027-01-16 07:59:59', via: 'session' });
    test.clock.advance(12 * 3_600_000 - 1000);
    expect(await errorOf('get', 'auth/session.json', token)).toBe('ok');
    test.clock.advance(12 * 3_600_000);
    expect(await errorOf('get', 'auth/session.json', token)).toBe('key');
  });

  it('end at sign-out, for good', async () => {
    const { id, key } = await makeUser();
    const [one, other] = [await session(id), await session(id)];
    expect(await errorOf('post', 'auth/logout.json', one.token)).toBe('ok');
    expect(await errorOf('get', 'auth/session.json', one.token)).toBe('key');
    expect(await errorOf('post', 'auth/logout.json', one.token)).toBe('key');
    expect(await errorOf('get', 'auth/session.json', other.token)).toBe('ok');
    expect(await errorOf('post', `auth/logout.json?id=${key}`)).toBe('key');
    expect((await read('auth/session.json', key)).data).toEqual({ expires: null, via: 'apikey' });
  });
});

describe('Telegram', () => {
  it('a first sign-in makes the user, the next finds the same', async () => {
    const fields = { id: 279058397, first_name: 'Zoë', last_name: 'H', username: 'zoe_h', auth_date: seconds() };
    const first = await signIn(fields);
    expect(first.body.data).toEqual({ token: expect.stringMatching(/^\S{40,}$/), expires: '2027-01-15 20:00:00' });
    const { data } = await read('profile/info.json', first.body.data.token);
    expect(data).toMatchObject({ name: 'Zoë H', login: 'zoe_h', paid_until: '0000-00-00 00:00:00' });
    const second = await signIn({ ...fields, auth_date: seconds() + 1 }, 'form');
    expect((await read('profile/info.json', second.body.data.token)).data.id).toBe(data.id);
  });

  it('is taken once, also when it is sent many times at once', async () => {
    const fields = newFields();
    const replies = await Promise.all(Array.from({ length: 8 }, () => signIn(fields)));
    expect(replies.map(({ body }) => body.error ?? 'ok').sort()).toEqual(['ok', ...Array(7).fill('old')]);
    expect((await signIn({ ...fields, hash: sign(fields).toUpperCase() })).body.error).toBe('old');
  });

  it('parallel first sign-ins of one account make one user', async () => {
    const fields = newFields();
    const replies = await Promise.all([1, 2, 3, 4].map((n) => signIn({ ...fields, auth_date: seconds() - n })));
    const ids = await Promise.all(replies.map(async ({ body }) => (await read('profile/info.json', body.data.token)).data.id));
    expect(new Set(ids).size).toBe(1);
  });

  it('a login that somebody has already is left out', async () => {
    await makeUser({ login: 'Taken' });
    const { body } = await signIn({ ...newFields(), username: 'taken' });
    expect((await read('profile/info.json', body.data.token)).data.login).toBeNull();
  });

  it('refuses what is unsigned, old, or malformed, each by its name', async () => {
    const fields = newFields();
    expect((await signIn({ ...fields, hash: '0'.repeat(64) })).body.error).toBe('sign');
    expect((await signIn({ ...fields, username: 'admin', hash: sign(fields) })).body.error).toBe('sign');
    expect((await signIn({ ...fields, auth_date: seconds() - 86_401 })).body.error).toBe('old');
    for (const wrong of [
      { id: 'x' },
      { id: -1 },
      { auth_date: 'today' },
      { hash: 'beef' },
      { hash: null },
      { first_name: [1] },
      { id: 2 ** 60 },
    ]) {
      expect([wrong, (await signIn({ ...fields, hash: sign(fields), ...wrong })).body.error]).toEqual([wrong, 'param']);
    }
    expect((await test.gateway.post('/api/auth/telegram.json')).body.error).toBe('param');
  });

  it('links the account to the user of a session, unless it is another one’s', async () => {
    const { id } = await makeUser({ name: 'Linker' });
    const { token } = await session(id);
    const fields = newFields();
    const linked = await signIn(fields, 'json', token);
    expect((await read('profile/info.json', linked.body.data.token)).data.id).toBe(id);
    const later = await signIn({ ...fields, auth_date: seconds() - 5 });
    expect((await read('profile/info.json', later.body.data.token)).data.id).toBe(id);
    const other = await makeUser();
    const stolen = await signIn({ ...fields, auth_date: seconds() - 6 }, 'json', (await session(other.id)).token);
    expect(stolen.body).toEqual({ status: 'error', error: 'exists' });
    expect((await signIn(newFields(), 'json', other.key)).body.error).toBe('key');
    expect((await signIn(newFields(), 'json', 'no-such-session')).body.error).toBe('key');
  });

  it('lets no suspended user in', async () => {
    const fields = newFields();
    await signIn(fields);
    await test.deps.db.prisma.user.update({ where: { telegramId: BigInt(fields.id) }, data: { banned: true } });
    expect((await signIn({ ...fields, auth_date: seconds() - 1 })).body.error).toBe('ban');
  });

  it('is no endpoint without a bot', async () => {
    const off = await startTestService({ routes: (deps) => altercpaRoutes(deps, {}), on: test });
    expect((await off.gateway.post('/api/auth/telegram.json').send(newFields())).body).toEqual({ status: 'error', error: 'func' });
    await off.close();
  });

  it('wrong signatures cost their address', async () => {
    const call = () =>
      test.gateway
        .post('/api/auth/telegram.json')
        .set('x-forwarded-for', '198.51.100.9')
        .send({ ...newFields(), hash: '0'.repeat(64) });
    const errors = (await Promise.all(Array.from({ length: 61 }, call))).map(({ body }) => body.error);
    expect(errors.filter((error) => error === 'sign')).toHaveLength(60);
    const { body, headers } = await call();
    expect([body.error, headers['retry-after']]).toEqual(['limit', expect.stringMatching(/^\d+$/)]);
  });
});

async function makeUser(data: object = {}): Promise<{ id: number; key: string }> {
  const { id } = await test.deps.db.prisma.user.create({ data: { name: 'Somebody', ...data } });
  const { secret } = await issueCredential(test.deps.db, { userId: id, kind: 'altercpa', now: test.clock() });
  return { id, key: secret };
}

function session(userId: number) {
  return openSession(test.deps.db, { userId, factors: ['password'], now: test.clock(), hours: 12 });
}

async function changeUser(id: number, data: object): Promise<void> {
  await test.deps.db.prisma.user.update({ where: { id }, data });
  await test.deps.versions.touch([versionOf.user(id)]);
}

async function errorOf(method: 'get' | 'post', path: string, token?: string): Promise<string> {
  const { status, body } = await test.gateway[method](`/api/${path}`).set(token === undefined ? {} : { authorization: `Bearer ${token}` });
  expect(status).toBe(200);
  return body.status === 'ok' ? 'ok' : body.error;
}

async function read(path: string, token: string) {
  return (await test.gateway.get(`/api/${path}`).set('authorization', `Bearer ${token}`)).body;
}

type Fields = Record<string, unknown> & { readonly id: number };

function newFields(): Fields {
  telegramIds += 1;
  return { id: telegramIds, first_name: 'Min', auth_date: seconds() };
}

function seconds(): number {
  return test.clock().getTime() / 1000;
}

/** What Telegram would send for these fields; the check itself is tried with openssl's hashes in check-telegram.test.ts. */
function sign({ hash: _, ...fields }: Record<string, unknown>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const key = createHash('sha256').update(BOT_TOKEN).digest();
  return createHmac('sha256', key).update(lines.sort().join('\n')).digest('hex');
}

function signIn(fields: Record<string, unknown>, type: 'json' | 'form' = 'json', token?: string) {
  const call = test.gateway.post('/api/auth/telegram.json').type(type);
  if (token !== undefined) call.set('authorization', `Bearer ${token}`);
  return call.send('hash' in fields ? fields : { ...fields, hash: sign(fields) });
}
