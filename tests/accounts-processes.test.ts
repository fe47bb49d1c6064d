import { setTimeout as wait } from 'node:timers/promises';
import { hashToken, newToken } from '@gatehouse/auth';
import { createTestDatabase, type TestDatabase } from '@gatehouse/db/testing';
import { hasRedisServer, type RedisServer, startRedis } from '@gatehouse/limits/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_TOKEN, asGateway, type ServiceProcess, startService } from './service-process.ts';

const databaseUrl = process.env.TEST_DATABASE_URL;
/** On the embedded database, which has one process, `several-processes.test.ts` of the accounts service asks the same. */
const describeOnServers = databaseUrl && hasRedisServer() ? describe : describe.skip;
/** Rotations of each kind; `FULL_RACES=1` does a thousand. */
const ROTATIONS = process.env.FULL_RACES ? 1_000 : 40;
/** Users whose credentials are rotated side by side. */
const USERS = 4;
const LONG_MS = 300_000;

interface User {
  readonly id: number;
  readonly token: string;
}

describeOnServers('two accounts processes that share a database and a Redis', () => {
  let test: TestDatabase;
  let redis: RedisServer;
  let services: ServiceProcess[];

  beforeAll(async () => {
    [test, redis] = await Promise.all([createTestDatabase({ databaseUrl }), startRedis()]);
    const environment = { DATABASE_URL: test.url ?? '', REDIS_URL: redis.url };
    services = await Promise.all([startService('accounts', environment), startService('accounts', environment)]);
  }, LONG_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await redis.stop();
    await test.close();
  });

  it(
    'of 1,500 parallel calls on a limit of 1,000 exactly 1,000 pass',
    async () => {
      const { token } = await makeUser();
      const replies = await Promise.all(Array.from({ length: 1_500 }, (_, n) => callMe(n, token)));
      expect(countOf(replies)).toEqual({ passed: 1_000, refused: 500 });
      const remaining = replies.filter(({ status }) => status === 200).map(({ headers }) => headers.get('x-ratelimit-remaining'));
      expect(new Set(remaining).size).toBe(1_000);
    },
    LONG_MS,
  );

  it(
    'a Redis that dies among the calls fails none; each process holds the limit by itself, and counting goes back when it returns',
    async () => {
      const { token } = await makeUser({ rateLimit: 30 });
      const replies: Response[] = [];
      for (let round = 0; round < 20; round += 1) {
        const calls = Array.from({ length: 10 }, (_, n) => callMe(n, token));
        if (round === 5) await redis.kill();
        replies.push(...(await Promise.all(calls)));
      }
      const { passed, refused } = countOf(replies);
      expect(passed + refused).toBe(200);
      // 30 in Redis, and 30 in each of the two: those that were under way when it died may count in both places.
      expect(passed).toBeGreaterThanOrEqual(60);
      expect(passed).toBeLessThanOrEqual(90);
      await redis.restart();
      while ((await Promise.all(services.map(isDegraded))).includes(true)) await wait(20);
      expect(countOf(await Promise.all(Array.from({ length: 60 }, (_, n) => callMe(n, token))))).toEqual({ passed: 30, refused: 30 });
    },
    LONG_MS,
  );

  it.each(['altercpa', 'phpstrap'] as const)(
    'after the reply to a rotation of an %s credential no process takes the old one, not once',
    async (kind) => {
      const users = await Promise.all(Array.from({ length: USERS }, () => makeUser({ rateLimit: 100_000_000 })));
      const seen = await Promise.all(users.map(({ id }) => rotateUnderLoad(kind, id, ROTATIONS / USERS)));
      for (const { acceptedOld, refusedLiving, calls } of seen) {
        expect({ acceptedOld, refusedLiving }).toEqual({ acceptedOld: 0, refusedLiving: 0 });
        // Each credential was in use, in both processes, before it was replaced.
        expect(calls).toBeGreaterThan((ROTATIONS / USERS) * 4);
      }
    },
    LONG_MS,
  );

  /** Rotates a credential again and again while callers use the living one and all that were, in both processes. */
  async function rotateUnderLoad(kind: 'altercpa' | 'phpstrap', userId: number, rotations: number) {
    const seen = { acceptedOld: 0, refusedLiving: 0, calls: 0 };
    const retired: string[] = [];
    let isRotating = false;
    let living = await issue(kind, userId);
    let isOver = false;

    async function use(n: number, credential: string): Promise<void> {
      // What counts is what was known when the call began: a rotation under way may end before or after it.
      const wasRetired = retired.includes(credential);
      const isTaken = await tryCredential(kind, n, credential);
      seen.calls += 1;
      if (wasRetired && isTaken) seen.acceptedOld += 1;
      if (!wasRetired && !isTaken && credential === living && !isRotating) seen.refusedLiving += 1;
    }
    async function keepUsing(n: number): Promise<void> {
      for (let turn = n; !isOver; turn += 1) await use(turn, (turn % 3 === 0 ? retired.at(-1) : undefined) ?? living);
    }

    const load = [keepUsing(0), keepUsing(1)];
    for (let rotation = 0; rotation < rotations; rotation += 1) {
      // Asked twice, both processes remember it.
      for (const _ of ['asked', 'remembered']) await Promise.all([use(0, living), use(1, living)]);
      const old = living;
      isRotating = true;
      const next = kind === 'altercpa' ? await rotateOwn(living, rotation) : await issue(kind, userId, rotation);
      retired.push(old);
      living = next;
      isRotating = false;
      await Promise.all([use(0, old), use(1, old)]);
    }
    isOver = true;
    await Promise.all(load);
    return seen;
  }

  /** As an operator does; another of a kind takes the old one's place. */
  async function issue(kind: 'altercpa' | 'phpstrap', userId: number, n = 0): Promise<string> {
    const response = await fetch(`${services[n % 2]?.url}/admin/v1/users/${userId}/credentials`, {
      method: 'POST',
      headers: { ...asGateway(), authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind }),
    });
    const { secret } = (await response.json()) as { secret: string };
    return secret;
  }

  /** As the owner of an altercpa key does. */
  async function rotateOwn(key: string, n: number): Promise<string> {
    const response = await fetch(`${services[n % 2]?.url}/api/profile/apikey.json?id=${key}`, { method: 'POST', headers: asGateway() });
    const { data } = (await response.json()) as { data: { key: string } };
    return data.key;
  }

  async function tryCredential(kind: 'altercpa' | 'phpstrap', n: number, credential: string): Promise<boolean> {
    const path = kind === 'altercpa' ? `/api/profile/info.json?id=${credential}` : `/api/v1/me.php?api_key=${credential}`;
    // Wrong credentials are limited by address.
    const response = await fetch(`${services[n % 2]?.url}${path}`, { headers: asGateway(randomAddress()) });
    await response.arrayBuffer();
    return response.status === 200;
  }

  function callMe(n: number, token: string): Promise<Response> {
    return fetch(`${services[n % 2]?.url}/api/v1/me.php?api_key=${token}`, { headers: asGateway() });
  }

  async function makeUser(data: object = {}): Promise<User> {
    const token = newToken('psk_');
    const { id } = await test.db.prisma.user.create({
      data: {
        name: 'Somebody',
        credentials: {
          create: { kind: 'phpstrap', secretHash: new Uint8Array(hashToken(token)), prefix: 'psk_', last4: token.slice(-4) },
        },
        ...data,
      },
    });
    return { id, token };
  }
});

function countOf(replies: readonly Response[]): { passed: number; refused: number } {
  const count = (status: number) => replies.filter((reply) => reply.status === status).length;
  return { passed: count(200), refused: count(429) };
}

async function isDegraded({ url }: ServiceProcess): Promise<boolean> {
  const { status } = (await (await fetch(`${url}/readyz`)).json()) as { status: string };
  return status !== 'ready';
}

function randomAddress(): string {
  return ['10', ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 256))].join('.');
}
