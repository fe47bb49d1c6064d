import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, type RedisLink } from './redis-link.ts';
import { hasRedisServer, type RedisServer, startRedis } from './testing/index.ts';

const describeWithRedis = hasRedisServer() ? describe : describe.skip;

/** The bound that a request may be held up: 250 ms, and what a loaded machine adds. */
const LONGEST_WAIT_MS = 450;

describeWithRedis('a link to a Redis that is hurt', () => {
  let server: RedisServer;
  let link: RedisLink;
  let lines: { level: string; text: string }[];

  const open = async (): Promise<void> => {
    lines = [];
    const note =
      (level: string) =>
      (fields: object, message: string): void =>
        void lines.push({ level, text: `${message} ${JSON.stringify(fields)}` });
    link = await connectRedis({ url: server.url, log: { info: note('info'), warn: note('warn') } });
    await link.waitUntilReady(5_000);
  };
  const ping = (): Promise<string> => link.run((redis) => redis.ping());
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const startedAt = performance.now();
    await work().catch(() => undefined);
    return performance.now() - startedAt;
  };
  /** Settles what the death of a connection still has under way. */
  const untilLost = async (): Promise<void> => {
    while (link.status() === 'ready') await ping().catch(() => undefined);
  };

  beforeAll(async () => {
    server = await startRedis({ password: 'planted-password' });
  });
  afterEach(async () => {
    server.resume();
    await link.close();
    await server.restart();
  });
  afterAll(() => server.stop());

  it('a paused Redis holds a call up for a quarter of a second, and the next not at all', async () => {
    await open();
    server.pause();
    const first = await Promise.all(Array.from({ length: 50 }, () => timed(ping)));
    expect(Math.max(...first)).toBeLessThan(LONGEST_WAIT_MS);
    expect(link.status()).toBe('lost');
    expect(await timed(ping)).toBeLessThan(50);
  });

  it('commands queued behind an unanswered one are given up with it', async () => {
    await open();
    server.pause();
    const first = timed(ping);
    await new Promise((resolve) => setImmediate(resolve));
    const [, second] = await Promise.all([first, timed(ping)]);
    expect(second).toBeLessThan(LONGEST_WAIT_MS);
  });

  it('a Redis that answers again is used again', async () => {
    await open();
    server.pause();
    await untilLost();
    server.resume();
    expect(await link.waitUntilReady(5_000)).toBe(true);
    expect(await ping()).toBe('PONG');
  });

  it('a killed Redis fails calls at once and is used again when it returns', async () => {
    await open();
    await server.kill();
    await untilLost();
    expect(await timed(ping)).toBeLessThan(50);
    await server.restart();
    expect(await link.waitUntilReady(5_000)).toBe(true);
    expect(await ping()).toBe('PONG');
  });

  it('the epoch changes with every loss and every return', async () => {
    await open();
    const before = link.epoch();
    await server.kill();
    await untilLost();
    const during = link.epoch();
    await server.restart();
    await link.waitUntilReady(5_000);
    expect(new Set([before, during, link.epoch()]).size).toBe(3);
  });

  it('an outage is logged once, and its end once, and neither shows the password', async () => {
    await open();
    await server.kill();
    await Promise.all(Array.from({ length: 20 }, () => ping().catch(() => undefined)));
    await untilLost();
    await server.restart();
    await link.waitUntilReady(5_000);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    expect(JSON.stringify(lines)).not.toContain('planted');
  });

  it('a process starts while Redis is away', async () => {
    await server.kill();
    link = await connectRedis({ url: server.url });
    expect(await link.waitUntilReady(100)).toBe(false);
    await expect(ping()).rejects.toThrow('redis is away');
  });

  it('commands of one turn share one round trip', async () => {
    await open();
    await link.run((redis) => redis.config('RESETSTAT'));
    await Promise.all(Array.from({ length: 100 }, (_, index) => link.run((redis) => redis.incr(`n:${index % 3}`))));
    const stats = await link.run((redis) => redis.info('stats'));
    expect(Number(/total_reads_processed:(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(4);
  });
});
