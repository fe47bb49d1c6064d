import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, createLimits, type Limits, type RedisLink } from './index.ts';
import { openTestRedis } from './testing/index.ts';

const policy = { name: 'wrong-keys', limit: 20, windowSeconds: 600 };
const redisServer = await openTestRedis();
afterAll(() => redisServer?.stop());

describe.each(redisServer ? ['memory', 'redis'] : ['memory'])('distinct counts in %s', (kind) => {
  let link: RedisLink | undefined;
  let limits: Limits;
  let nowMs = Date.now();
  const prefix = `test:${randomUUID()}:`;

  beforeAll(async () => {
    if (kind === 'redis' && redisServer) {
      link = await connectRedis({ url: redisServer.url, keyPrefix: prefix });
      expect(await link.waitUntilReady(5_000)).toBe(true);
    }
    limits = createLimits({ ...(link === undefined ? {} : { redis: link }), now: () => nowMs });
  });
  afterAll(() => link?.close());

  const show = async (key: string, members: Iterable<number>): Promise<void> => {
    for (const member of members) await limits.countDistinct(policy, key, `member-${member}`);
  };
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('the same wrong key over and over is one', async () => {
    await show('same', Array(50).fill(1));
    expect(await limits.peekDistinct(policy, 'same')).toMatchObject({ count: 1, reached: false, retryAfterSeconds: 0 });
  });

  it('the twentieth different one reaches a limit of twenty, the nineteenth does not', async () => {
    await show('twenty', range(1, 19));
    expect(await limits.peekDistinct(policy, 'twenty')).toMatchObject({ count: 19, reached: false });
    expect(await limits.countDistinct(policy, 'twenty', 'another')).toMatchObject({ count: 20, reached: true, retryAfterSeconds: 600 });
  });

  it('200 at once count as exactly as one by one, and no more is kept than the limit', async () => {
    await Promise.all(range(1, 200).map((member) => limits.countDistinct(policy, 'flood', `member-${member}`)));
    expect(await limits.peekDistinct(policy, 'flood')).toMatchObject({ count: 20, reached: true });
  });

  it('whichever ten minutes hold twenty, they are seen: the window slides', async () => {
    await show('slide', range(1, 10));
    nowMs += 590_000;
    await show('slide', range(11, 19));
    expect(await limits.peekDistinct(policy, 'slide')).toMatchObject({ count: 19, reached: false });
    nowMs += 9_999;
    expect(await limits.peekDistinct(policy, 'slide')).toMatchObject({ count: 19 });
    nowMs += 1;
    expect(await limits.peekDistinct(policy, 'slide')).toMatchObject({ count: 9 });
    await show('slide', range(20, 30));
    expect(await limits.peekDistinct(policy, 'slide')).toMatchObject({ count: 20, reached: true });
  });

  it('a reset forgets', async () => {
    await show('reset', range(1, 20));
    await limits.resetDistinct(policy, 'reset');
    expect(await limits.peekDistinct(policy, 'reset')).toMatchObject({ count: 0, reached: false });
  });

  if (kind === 'redis') {
    it('what was tried is not readable in Redis, and does not stay there', async () => {
      await limits.countDistinct(policy, 'planted-address', 'PLAN-TED0-KEY0-0000');
      const found = await link?.run(async (redis) => {
        const keys = await redis.keys(`${prefix}*`);
        const bare = keys.map((key) => key.slice(prefix.length));
        const contents = await Promise.all(bare.map((key) => redis.zrange(key, 0, -1)));
        return { keys, text: JSON.stringify([keys, contents]), ends: await Promise.all(bare.map((key) => redis.ttl(key))) };
      });
      expect(found?.keys.length).toBeGreaterThan(0);
      expect(found?.text).not.toMatch(/planted|PLAN-TED0/);
      expect(found?.ends.every((seconds) => seconds > 0)).toBe(true);
    });
  }
});
