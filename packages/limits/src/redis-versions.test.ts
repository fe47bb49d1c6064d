import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RedisLink } from './redis-link.ts';
import { createRedisVersions } from './redis-versions.ts';

/** A Redis whose every version is `v`, and which tells what it was asked for. */
function createFakeRedis() {
  const asked: string[][] = [];
  const client = {
    mget: (keys: string[]) => {
      asked.push(keys);
      return Promise.resolve(keys.map(() => 'v'));
    },
  };
  const run: unknown = (work: (redis: unknown) => Promise<unknown>) => work(client);
  const redis = { status: () => 'ready', epoch: () => 1, run } as unknown as RedisLink;
  return { asked, versions: createRedisVersions({ redis, maxAgeMs: 1000 }) };
}

describe('versions that are read in one turn of the event loop', () => {
  it('are asked for once, however often and by however many', async () => {
    const { asked, versions } = createFakeRedis();
    const read = await Promise.all([versions.read(['a', 'b', 'a']), versions.read(['b', 'c']), versions.read(['c'])]);
    expect(read).toEqual([['v', 'v', 'v'], ['v', 'v'], ['v']]);
    expect(asked).toEqual([['version:a', 'version:b'], ['version:c']]);
  });

  it('are asked for again in the next', async () => {
    const { asked, versions } = createFakeRedis();
    await versions.read(['a']);
    await endOfTurn();
    await versions.read(['a']);
    expect(asked).toEqual([['version:a'], ['version:a']]);
  });
});
