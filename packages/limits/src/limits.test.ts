import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, createLimits, type LimitPolicy, type Limits, type RedisLink } from './index.ts';
import { hasRedisServer, openTestRedis, type RedisServer, startRedis } from './testing/index.ts';

const policy: LimitPolicy = { name: 'calls', limit: 1000, windowSeconds: 3600 };
const redisServer = await openTestRedis();
afterAll(() => redisServer?.stop());

const countAllowed = async (limits: Limits, calls: number, on = policy, key = 'caller'): Promise<number> => {
  const states = await Promise.all(Array.from({ length: calls }, () => limits.consume(on, key)));
  return states.filter(({ allowed }) => allowed).length;
};

describe.each(redisServer ? ['memory', 'redis'] : ['memory'])('limits in %s', (kind) => {
  let link: RedisLink | undefined;
  let limits: Limits;

  beforeAll(async () => {
    if (kind === 'redis' && redisServer) {
      link = await connectRedis({ url: redisServer.url, keyPrefix: `test:${randomUUID()}:` });
      expect(await link.waitUntilReady(5_000)).toBe(true);
    }
    limits = createLimits(link === undefined ? {} : { redis: link });
  });
  afterAll(() => link?.close());

  it('of 1,500 parallel calls on a limit of 1,000 exactly 1,000 pass', async () => {
    expect(await countAllowed(limits, 1500, policy, 'parallel')).toBe(1000);
  });

  it('every answer tells the same figures: used and remaining add up, the window ends when it ends', async () => {
    const startedAt = Date.now();
    const first = await limits.consume(policy, 'figures');
    const second = await limits.consume(policy, 'figures', 10);
    expect(first).toMatchObject({ allowed: true, limit: 1000, used: 1, remaining: 999, retryAfterSeconds: 0 });
    expect(second).toMatchObject({ allowed: true, used: 11, remaining: 989 });
    for (const { resetAt } of [first, second, await limits.peek(policy, 'figures')]) {
      expect(Math.abs(resetAt.getTime() - startedAt - 3_600_000)).toBeLessThan(5_000);
    }
  });

  it('a refused call tells when to come back and never shows more used than there was', async () => {
    const small = { name: 'small', limit: 2, windowSeconds: 60 };
    expect(await countAllowed(limits, 5, small)).toBe(2);
    const refused = await limits.consume(small, 'caller');
    expect(refused).toMatchObject({ allowed: false, used: 2, remaining: 0 });
    expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it('looking takes nothing', async () => {
    await limits.consume(policy, 'looked-at');
    for (let look = 0; look < 3; look += 1) expect(await limits.peek(policy, 'looked-at')).toMatchObject({ allowed: true, used: 1 });
    expect(await limits.peek(policy, 'never-seen')).toMatchObject({ allowed: true, used: 0, remaining: 1000 });
  });

  it('a refund gives back what was taken, and no more', async () => {
    const policy = { name: 'refund', limit: 3, windowSeconds: 60 };
    await Promise.all([limits.consume(policy, 'k'), limits.consume(policy, 'k')]);
    await limits.refund(policy, 'k');
    expect(await limits.peek(policy, 'k')).toMatchObject({ used: 1, remaining: 2 });
    await Promise.all([limits.refund(policy, 'k'), limits.refund(policy, 'k'), limits.refund(policy, 'stranger')]);
    expect(await limits.peek(policy, 'k')).toMatchObject({ used: 0 });
    expect((await Promise.all(Array.from({ length: 5 }, () => limits.consume(policy, 'k')))).filter(({ allowed }) => allowed)).toHaveLength(
      3,
    );
  });

  it('a reset gives everything back', async () => {
    const one = { ...policy, limit: 1 };
    expect(await countAllowed(limits, 2, one, 'reset')).toBe(1);
    await limits.reset(one, 'reset');
    expect(await countAllowed(limits, 2, one, 'reset')).toBe(1);
  });

  it('keys, names and windows are counted apart', async () => {
    const one = { name: 'one', limit: 1, windowSeconds: 60 };
    expect(await countAllowed(limits, 2, one, 'a')).toBe(1);
    expect(await countAllowed(limits, 2, one, 'b')).toBe(1);
    expect(await countAllowed(limits, 2, { ...one, name: 'other' }, 'a')).toBe(1);
    expect(await countAllowed(limits, 2, { ...one, windowSeconds: 61 }, 'a')).toBe(1);
    expect(await countAllowed(limits, 2, one, `${'x'.repeat(5000)}a`)).toBe(1);
    expect(await countAllowed(limits, 2, one, `${'x'.repeat(5000)}b`)).toBe(1);
  });

  it('users with limits of their own, however many, each have theirs', async () => {
    const own = (limit: number): LimitPolicy => ({ name: 'own', limit, windowSeconds: 60 });
    for (let user = 1; user <= 600; user += 1) await limits.consume(own(user), `user-${user}`);
    expect(await limits.peek(own(1), 'user-1')).toMatchObject({ allowed: false, used: 1 });
    expect(await limits.peek(own(600), 'user-600')).toMatchObject({ allowed: true, used: 1, remaining: 599 });
  });

  it('a limit of nothing refuses everything', async () => {
    const nothing = { name: 'nothing', limit: 0, windowSeconds: 60 };
    expect(await limits.consume(nothing, 'caller')).toMatchObject({ allowed: false, used: 0, remaining: 0 });
    expect(await limits.peek(nothing, 'caller')).toMatchObject({ allowed: false });
  });

  it('a limit lowered within the window shows no more used than it allows', async () => {
    await limits.consume(policy, 'lowered', 50);
    expect(await limits.consume({ ...policy, limit: 10 }, 'lowered')).toMatchObject({ allowed: false, used: 10, remaining: 0 });
  });

  it.each([[{ limit: -1 }], [{ limit: 1.5 }], [{ limit: Number.NaN }], [{ windowSeconds: 0 }], [{ windowSeconds: 1e10 }]])(
    'a policy that cannot be counted is refused: %j',
    async (wrong) => {
      await expect(limits.consume({ ...policy, ...wrong }, 'caller')).rejects.toThrow(RangeError);
    },
  );

  it.each([0, -1, 1.5])('a cost that cannot be counted is refused: %d', async (cost) => {
    await expect(limits.consume(policy, 'caller', cost)).rejects.toThrow(RangeError);
  });

  if (kind === 'redis') {
    it('refused calls take nothing: a raised limit is felt at once, and a cheap call still fits', async () => {
      const two = { name: 'raised', limit: 2, windowSeconds: 60 };
      expect(await countAllowed(limits, 500, two)).toBe(2);
      expect(await limits.consume({ ...two, limit: 3 }, 'caller')).toMatchObject({ allowed: true, used: 3 });
      expect(await limits.consume({ ...two, limit: 10 }, 'caller', 8)).toMatchObject({ allowed: false, used: 3, remaining: 7 });
      expect(await limits.consume({ ...two, limit: 10 }, 'caller', 7)).toMatchObject({ allowed: true, used: 10 });
    });

    it('the first call of a process may share its turn with other commands', async () => {
      const own = await connectRedis({ url: redisServer?.url ?? '', keyPrefix: `test:${randomUUID()}:` });
      const fresh = createLimits({ redis: own });
      await own.waitUntilReady(5_000);
      const [others, state] = await Promise.all([own.run((redis) => redis.mget('a', 'b')), fresh.consume(policy, 'first')]);
      expect([others, state]).toEqual([[null, null], expect.objectContaining({ allowed: true, used: 1 })]);
      await own.close();
    });

    it('no key is left without an end', async () => {
      await limits.consume(policy, 'ends');
      const [ttl] = (await link?.run((redis) => Promise.all([redis.ttl('limit:calls:3600:ends')]))) ?? [];
      expect(ttl).toBeGreaterThan(3590);
    });
  }
});

(hasRedisServer() ? describe : describe.skip)('limits on a Redis that is hurt', () => {
  let server: RedisServer;
  let link: RedisLink;
  let limits: Limits;
  const small = { name: 'small', limit: 100, windowSeconds: 3600 };

  beforeAll(async () => {
    server = await startRedis();
    link = await connectRedis({ url: server.url });
    limits = createLimits({ redis: link });
    await link.waitUntilReady(5_000);
  });
  afterAll(async () => {
    await link.close();
    await server.stop();
  });

  it('no call fails when Redis dies under load, the insurance holds the limit, and counting goes back to Redis', async () => {
    const underLoad = Array.from({ length: 2000 }, async (_, index) => {
      for (let turn = 0; turn < index % 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (index === 1000) await server.kill();
      return limits.consume(small, 'load');
    });
    const allowed = (await Promise.all(underLoad)).filter((state) => state.allowed).length;
    // At most what Redis gave and what the insurance of this process gave.
    expect(allowed).toBeGreaterThanOrEqual(100);
    expect(allowed).toBeLessThanOrEqual(200);
    expect(await countAllowed(limits, 300, small, 'during')).toBe(100);

    await server.restart();
    expect(await link.waitUntilReady(5_000)).toBe(true);
    expect(await countAllowed(limits, 60, small, 'after')).toBe(60);
    expect(await createLimits({ redis: link }).peek(small, 'after')).toMatchObject({ used: 60 });
  });

  it('calls on a paused Redis are answered within a fraction of a second', async () => {
    server.pause();
    const startedAt = performance.now();
    expect(await countAllowed(limits, 300, small, 'paused')).toBe(100);
    expect(performance.now() - startedAt).toBeLessThan(600);
    server.resume();
    expect(await link.waitUntilReady(5_000)).toBe(true);
  });

  it('a Redis that refuses to write does not refuse callers', async () => {
    await link.run((redis) => redis.config('SET', 'maxmemory', '1'));
    expect(await countAllowed(limits, 300, small, 'full')).toBe(100);
    await link.run((redis) => redis.config('SET', 'maxmemory', '0'));
  });

  it('a Redis that forgets its scripts counts on', async () => {
    await limits.consume(small, 'scripts');
    await link.run((redis) => redis.script('FLUSH'));
    expect(await limits.consume(small, 'scripts')).toMatchObject({ allowed: true, used: 2 });
  });
});
