import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectRedis, createVersions, type RedisLink, type Versions } from './index.ts';
import { hasRedisServer, openTestRedis, type RedisServer, startRedis } from './testing/index.ts';

const redisServer = await openTestRedis();
afterAll(() => redisServer?.stop());

describe.each(redisServer ? (['memory', 'redis'] as const) : (['memory'] as const))('versions in %s', (mode) => {
  let link: RedisLink | undefined;
  let versions: Versions;
  let names: [string, string];

  beforeAll(async () => {
    if (mode === 'redis' && redisServer) {
      link = await connectRedis({ url: redisServer.url, keyPrefix: `test:${randomUUID()}:` });
      expect(await link.waitUntilReady(5_000)).toBe(true);
    }
    versions = createVersions(link === undefined ? { mode: 'memory' } : { mode: 'redis', redis: link });
  });
  beforeEach(() => {
    names = [`user:${randomUUID()}`, `site:${randomUUID()}`];
  });
  afterAll(() => link?.close());

  it('a name never touched has a version, the same at every reading', async () => {
    const first = await versions.read(names);
    expect(first).toHaveLength(2);
    expect(await versions.read(names)).toEqual(first);
  });

  it('a touch changes the version of what was touched, and of nothing else', async () => {
    const [firstBefore, secondBefore] = await versions.read(names);
    await versions.touch([names[0]]);
    const [firstAfter, secondAfter] = await versions.read(names);
    expect(firstAfter).not.toBe(firstBefore);
    expect(secondAfter).toBe(secondBefore);
  });

  it('no version ever comes back', async () => {
    const seen = new Set<string>();
    for (let touch = 0; touch < 100; touch += 1) {
      const [version = ''] = await versions.read([names[0]]);
      seen.add(version);
      await versions.touch([names[0]]);
    }
    expect(seen.size).toBe(100);
  });

  it('readers at the same instant agree on a version that was missing', async () => {
    const read = await Promise.all(Array.from({ length: 50 }, () => versions.read(names)));
    expect(new Set(read.map(String)).size).toBe(1);
  });

  it('nothing to read and nothing to touch is fine', async () => {
    expect(await versions.read([])).toEqual([]);
    await versions.touch([]);
  });
});

describe('versions in memory', () => {
  it('names forgotten for want of room do not get an old version back', async () => {
    const versions = createVersions({ mode: 'memory' });
    const before = await versions.read(['user:1', 'user:2']);
    await versions.touch(['user:1']);
    const touched = await versions.read(['user:1']);
    await versions.touch(Array.from({ length: 60_000 }, (_, index) => `other:${index}`));
    const [first, second] = await versions.read(['user:1', 'user:2']);
    expect([before[0], touched[0]]).not.toContain(first);
    expect(second).not.toBe(before[1]);
  });
});

describe('versions of several processes without Redis', () => {
  it('nothing is ever known, so that the database is asked every time', async () => {
    const versions = createVersions({ mode: 'none' });
    expect(await versions.read(['user:1'])).toBe('unknown');
    await versions.touch(['user:1']);
  });
});

(hasRedisServer() ? describe : describe.skip)('versions on a Redis that is hurt', () => {
  let server: RedisServer;
  let link: RedisLink;

  beforeAll(async () => {
    server = await startRedis();
    link = await connectRedis({ url: server.url });
    await link.waitUntilReady(5_000);
  });
  afterAll(async () => {
    await link.close();
    await server.stop();
  });

  it('a read is unknown while Redis is away, and a touch waits until nobody can believe the old any more', async () => {
    const versions = createVersions({ mode: 'redis', redis: link, maxAgeMs: 400 });
    await versions.read(['user:1']);
    await server.kill();
    const startedAt = performance.now();
    await versions.touch(['user:1']);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(400);
    expect(await versions.read(['user:1'])).toBe('unknown');
    await server.restart();
    await link.waitUntilReady(5_000);
  });

  it('a touch is done as soon as Redis is back', async () => {
    const versions = createVersions({ mode: 'redis', redis: link, maxAgeMs: 60_000 });
    const before = await versions.read(['user:2']);
    server.pause();
    const touched = versions.touch(['user:2']);
    server.resume();
    await touched;
    await link.waitUntilReady(5_000);
    expect(await versions.read(['user:2'])).not.toEqual(before);
  });
});
