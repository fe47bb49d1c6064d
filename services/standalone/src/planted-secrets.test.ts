import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { type Database, Prisma } from '@gatehouse/db';
import { connectRedis, type RedisLink } from '@gatehouse/limits';
import { hasRedisServer, startRedis } from '@gatehouse/limits/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findNeedles } from './testing/needles.ts';
import { makePlantedWorld, type PlantedWorld, plant } from './testing/planted-world.ts';
import { type StandaloneProcess, startProcess } from './testing/start-process.ts';

const ADMIN_TOKEN = `${plant()}-admin`;
const INTERNAL_SECRET = `${plant()}-internal`;
const DATA_KEY = randomBytes(32).toString('hex');
/** A server of its own, so that everything in it is ours. */
let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
let running: StandaloneProcess;
let world: PlantedWorld;
let metrics = '';

beforeAll(async () => {
  const metricsPort = await findFreePort();
  if (hasRedisServer()) redis = await startRedis();
  running = await startProcess({
    ADMIN_TOKEN,
    INTERNAL_SECRET,
    DATA_KEY,
    LOG_LEVEL: 'trace',
    METRICS_PORT: String(metricsPort),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  });
  world = await makePlantedWorld(running.baseUrl, ADMIN_TOKEN);
  for (const [what, secret] of Object.entries({ ADMIN_TOKEN, INTERNAL_SECRET, DATA_KEY })) world.secrets.set(what, secret);
  await callEverything();
  metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  await running.end('SIGTERM');
}, 120_000);
afterAll(async () => {
  await running.remove();
  await redis?.stop();
});

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(running.baseUrl + path, { headers });
const post = (path: string, body: string | object, headers: Record<string, string> = {}) =>
  fetch(running.baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Each API right and wrong: with good and with wrong credentials, in their place and in any other, in bodies that cannot be read. */
async function callEverything(): Promise<void> {
  const wrong = plant();
  world.secrets.set('a wrong credential', wrong);
  const own = [
    world.restApiKey,
    world.phpstrapToken,
    world.altercpaKey,
    world.siteApiKey,
    world.session,
    world.licenceKey,
    ADMIN_TOKEN,
    wrong,
  ];
  const paths = ['/keys', '/api/v1/me.php', '/api/profile/info.json', '/api/', '/admin/v1/users', '/accounts/v1/me', '/hotspot/v1/status'];
  const calls: Promise<Response>[] = [];
  for (const secret of own) {
    for (const path of paths) {
      calls.push(get(path, { authorization: `Bearer ${secret}` }), get(path, { authorization: secret, cookie: `token=${secret}` }));
      for (const name of ['api_key', 'id', 'key', 'access_token', 'api-key']) calls.push(get(`${path}?${name}=${secret}`));
      await Promise.all(calls.splice(0));
    }
    calls.push(get(`/api.php?key=${secret}&cmd=getMember`), get(`/api.php?cmd=${secret}`), post('/api.php', `key=${secret}`));
    calls.push(post('/api/', { 'api-key': secret, action: 'get_voucher_users' }), post('/api/', `{"api-key":"${secret}`));
    calls.push(post('/keys/verify', { key: secret, hwid: 'x' }), post('/sessions', { key: secret, hwid: 'x' }));
    calls.push(post('/accounts/v1/sign-in', { email: world.email, password: secret }));
    calls.push(post('/accounts/v1/sign-in', `{"email":"a@b.example","password":"${secret}"`));
    calls.push(post('/accounts/v1/reset', { token: secret, password: secret }));
    calls.push(post('/accounts/v1/verify-email', { token: secret }), post('/accounts/v1/two-step/confirm', { code: secret }));
    calls.push(post('/accounts/v1/register', { email: `${calls.length}@example.com`, name: 'R', password: secret }));
    await Promise.all(calls.splice(0));
  }
  const signedIn = { authorization: `Bearer ${world.session}` };
  const operator = { authorization: `Bearer ${ADMIN_TOKEN}`, 'idempotency-key': 'planted' };
  const again = () => post(`/admin/v1/users/${world.userId}/credentials`, { kind: 'rest-api', scopes: ['rest-api:read'] }, operator);
  const [first, second] = [await (await again()).json(), await (await again()).json()];
  expect(second).toEqual(first);
  world.secrets.set('a credential in a kept answer', String(Reflect.get(Object(first), 'secret')));
  await post('/accounts/v1/password', { current: world.password, new: `${plant()}x` }, signedIn);
  await get(`/keys/${world.licenceKey}`, { authorization: world.restApiKey });
  await get(`/keys?key=${world.licenceKey}`, { authorization: world.restApiKey });
  await get('/admin/v1/audit', operator);
  await post('/keys', 'x'.repeat(300_000), { authorization: world.restApiKey });
  await post('/accounts/v1/sign-out', {}, signedIn);
}

/** The columns where licence keys are stored readable by contract: theirs, and changes to them that wait to be counted. */
const LICENCE_KEYS: Readonly<Record<string, string>> = { licence_keys: 'key_value', key_part_changes: 'texts' };

/** Every table as text, but for these columns. */
async function* dump(db: Database): AsyncGenerator<readonly [table: string, text: string]> {
  const tables = await db.query<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
  for (const { name } of tables) {
    const rows = await db.query<{
      row: string;
    }>`SELECT (to_jsonb(t) - ${LICENCE_KEYS[name] ?? ''}::text)::text AS row FROM ${Prisma.raw(`"${name}"`)} t`;
    yield [name, rows.map(({ row }) => row).join('\n')];
  }
}

it('no planted secret is in the database, but licence keys where they are kept', async () => {
  const found: string[] = [];
  let size = 0;
  for await (const [table, text] of dump(await running.open())) {
    found.push(...findNeedles(world.secrets, `table ${table}`, text));
    size += text.length;
  }
  expect(found).toEqual([]);
  // It really was looked at, and the attempts are there.
  expect(size).toBeGreaterThan(100_000);
}, 60_000);

it('no planted secret is in the log, though it says everything', () => {
  expect(findNeedles(world.secrets, 'the log', running.output())).toEqual([]);
  expect(running.output().split('\n').length).toBeGreaterThan(300);
});

it('no planted secret is in the metrics', () => {
  expect(findNeedles(world.secrets, 'the metrics', metrics)).toEqual([]);
  expect(metrics).toContain('http_requests_total');
});

(hasRedisServer() ? it : it.skip)('no planted secret is in Redis', async () => {
  const link = await connectRedis({ url: redis?.url ?? '', keyPrefix: '', timeoutMs: 10_000 });
  await link.waitUntilReady(5_000);
  const text = await link.run(async (client) => {
    const pieces: string[] = [];
    for (const key of await client.keys('*')) pieces.push(key, JSON.stringify(await READERS[await client.type(key)]?.(client, key)));
    return pieces.join('\n');
  });
  await link.close();
  expect(text).toContain('gatehouse:');
  expect(findNeedles(world.secrets, 'Redis', text)).toEqual([]);
});

type Client = Parameters<Parameters<RedisLink['run']>[0]>[0];
const READERS: Readonly<Record<string, (client: Client, key: string) => Promise<unknown>>> = {
  string: (client, key) => client.get(key),
  hash: (client, key) => client.hgetall(key),
  zset: (client, key) => client.zrange(key, 0, -1),
  set: (client, key) => client.smembers(key),
  list: (client, key) => client.lrange(key, 0, -1),
};
