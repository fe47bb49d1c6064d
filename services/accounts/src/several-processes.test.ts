import { Agent, get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { INTERNAL_HEADERS } from '@gatehouse/http';
import { connectRedis, createLimits, createVersions, type RedisLink } from '@gatehouse/limits';
import { hasRedisServer, type RedisServer, startRedis } from '@gatehouse/limits/testing';
import { createDeps } from '@gatehouse/service';
import { createTestDeps, INTERNAL_SECRET, startTestService, type TestDeps, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { altercpaRoutes } from './altercpa/altercpa-routes.ts';
import { issueCredential } from './credentials/index.ts';
import { phpstrapRoutes } from './phpstrap/phpstrap-routes.ts';

const describeWithRedis = hasRedisServer() ? describe : describe.skip;
/** Enough to meet every order of things that there is; the thousand are over real processes, in tests/accounts-processes.test.ts. */
const ROTATIONS = 40;
/** Milliseconds for the two long ones on a busy machine; they take seconds on an idle one. */
const LONG_MS = 240_000;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Two accounts services in one process, for the embedded database too, that share it and a Redis, and nothing in memory. */
describeWithRedis('several accounts processes', () => {
  let redis: RedisServer;
  let shared: TestDeps;
  let services: TestService[];
  let links: RedisLink[];

  beforeAll(async () => {
    redis = await startRedis();
    shared = await createTestDeps();
    links = await Promise.all([1, 2].map(() => connectRedis({ url: redis.url })));
    await Promise.all(links.map((link) => link.waitUntilReady(5_000)));
    services = await Promise.all(links.map((link) => startProcess(shared, link)));
  });
  afterAll(async () => {
    agent.destroy();
    await Promise.all(services.map((service) => service.close()));
    await Promise.all(services.flatMap(({ deps }) => [deps.activity.close(), deps.audit.close()]));
    await Promise.all(links.map((link) => link.close()));
    await shared.close();
    await redis.stop();
  });

  it(
    'of 1,500 parallel calls on a limit of 1,000 exactly 1,000 pass',
    async () => {
      const { token } = await makeUser();
      const replies = await Promise.all(Array.from({ length: 1500 }, (_, n) => callMe(n, token)));
      expect(count(replies, 200)).toBe(1000);
      expect(count(replies, 429)).toBe(500);
      const remaining = replies.filter(({ status }) => status === 200).map(({ headers }) => Number(headers['x-ratelimit-remaining']));
      expect(new Set(remaining).size).toBe(1000);
    },
    LONG_MS,
  );

  it(
    'after the reply to a rotation no process takes the old key, warm caches or not',
    async () => {
      const users = await Promise.all(Array.from({ length: 5 }, () => makeUser()));
      const accepted = await Promise.all(users.map(({ key }) => rotateUnderLoad(key, ROTATIONS / 5)));
      expect(accepted.flat()).toEqual([]);
    },
    LONG_MS,
  );

  it('a revoked token takes nothing from the allowance of the new one', async () => {
    const { id, token } = await makeUser({ rateLimit: 10 });
    for (const n of [0, 1, 0, 1, 0, 1]) await callMe(n, token);
    const { secret } = await issueCredential(shared.deps.db, { userId: id, kind: 'phpstrap', now: shared.clock() });
    await services[0]?.deps.versions.touch([`user:${id}`]);
    expect([await callMe(0, token), await callMe(1, token)].map(({ status }) => status)).toEqual([401, 401]);
    expect((await callMe(0, secret)).headers['x-ratelimit-remaining']).toBe('3');
  });

  it('a Redis that dies and comes back fails no call; meanwhile each process holds the limit by itself', async () => {
    const { token } = await makeUser({ rateLimit: 30 });
    const replies = [];
    for (let round = 0; round < 20; round += 1) {
      if (round === 5) await redis.kill();
      replies.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => callMe(n, token)))));
    }
    expect(count(replies, 200) + count(replies, 429)).toBe(200);
    // 30 in Redis at most, then at most 30 in each of the two.
    expect(count(replies, 200)).toBeGreaterThanOrEqual(60);
    expect(count(replies, 200)).toBeLessThanOrEqual(90);
    await redis.restart();
    while (links.some((link) => link.status() === 'lost')) await wait(20);
    const back = await Promise.all(Array.from({ length: 60 }, (_, n) => callMe(n, token)));
    expect(count(back, 200)).toBe(30);
  });

  /** Rotates again and again while both processes are asked with the living key; gives what took a dead one. */
  async function rotateUnderLoad(first: string, rotations: number): Promise<string[]> {
    const accepted: string[] = [];
    let key = first;
    for (let rotation = 0; rotation < rotations; rotation += 1) {
      for (const _ of ['names', 'remembered']) await Promise.all([callInfo(0, key), callInfo(1, key)]);
      const load = [0, 1, 0, 1].map((n) => callInfo(n, key));
      const { body } = await call(services[rotation % 2], `/api/profile/apikey.json?id=${key}`, 'POST');
      const old = key;
      key = JSON.parse(body).data.key;
      const after = await Promise.all([0, 1].map((n) => callInfo(n, old)));
      accepted.push(...after.filter((answer) => answer !== 'BAD_CREDENTIAL'));
      await Promise.all(load);
    }
    return accepted;
  }

  async function makeUser(data: object = {}): Promise<{ id: number; token: string; key: string }> {
    const { db } = shared.deps;
    const now = shared.clock();
    const { id } = await db.prisma.user.create({ data: { name: 'Somebody', ...data } });
    const { secret: token } = await issueCredential(db, { userId: id, kind: 'phpstrap', now });
    const { secret: key } = await issueCredential(db, { userId: id, kind: 'altercpa', now });
    return { id, token, key };
  }

  function callMe(n: number, token: string): Promise<Answer> {
    return call(services[n % 2], `/api/v1/me.php?api_key=${token}`);
  }

  async function callInfo(n: number, key: string): Promise<string> {
    const { headers } = await call(services[n % 2], `/api/profile/info.json?id=${key}`);
    return String(headers['x-fault'] ?? 'ok');
  }
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function startProcess(shared: TestDeps, redis: RedisLink): Promise<TestService> {
  const deps = createDeps({
    ...shared.deps,
    name: 'test',
    redis,
    limits: createLimits({ redis }),
    versions: createVersions({ mode: 'redis', redis }),
  });
  const routes = () => [...phpstrapRoutes(deps), ...altercpaRoutes(deps, {})];
  return startTestService({ routes, on: { ...shared, deps } });
}

function count(answers: readonly Answer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

/** A bare call: hundreds at once are too many for supertest. */
function call(service: TestService | undefined, path: string, method = 'GET'): Promise<Answer> {
  const headers = { [INTERNAL_HEADERS.secret]: INTERNAL_SECRET, [INTERNAL_HEADERS.address]: '203.0.113.7' };
  return new Promise((resolve, reject) => {
    const request = httpGet(`${service?.url}${path}`, { agent, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('error', reject);
  });
}
