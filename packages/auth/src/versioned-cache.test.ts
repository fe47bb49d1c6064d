import { beforeEach, describe, expect, it } from '@jest/globals';
import { createVersionedCache, type VersionedCache } from './versioned-cache.ts';

interface User {
  readonly id: number;
  readonly plan: string;
}

/** The database, the versions and the clock, all in the hands of the test. */
let database: Map<string, User>;
let versions: Map<string, number>;
let lookups: number;
let isKnown: boolean;
let epoch: number;
let nowMs: number;
let cache: VersionedCache<User>;
/** Runs in the middle of the next look-up: after the database was read, before the cache gets the answer. */
let interrupt: (() => void) | undefined;

const touch = (name: string): void => void versions.set(name, (versions.get(name) ?? 0) + 1);

beforeEach(() => {
  database = new Map([['token', { id: 12, plan: 'standard' }]]);
  versions = new Map();
  lookups = 0;
  isKnown = true;
  epoch = 0;
  nowMs = 0;
  interrupt = undefined;
  cache = createVersionedCache({
    versions: {
      maxAgeMs: 5000,
      epoch: () => epoch,
      read: async (names) => (isKnown ? names.map((name) => String(versions.get(name) ?? 0)) : 'unknown'),
    },
    lookup: async (key) => {
      lookups += 1;
      const found = database.get(key) ?? null;
      const happen = interrupt;
      interrupt = undefined;
      happen?.();
      return found;
    },
    namesOf: ({ id, plan }) => [`user:${id}`, `plan:${plan}`],
    maxEntries: 3,
    now: () => nowMs,
  });
});

const warm = async (key = 'token'): Promise<void> => {
  await cache.get(key);
  await cache.get(key);
  lookups = 0;
};

describe('a versioned cache', () => {
  it('asks the database twice, and then no more', async () => {
    for (let call = 0; call < 10; call += 1) expect(await cache.get('token')).toMatchObject({ id: 12 });
    expect(lookups).toBe(2);
  });

  it('a touched version is felt by the very next call', async () => {
    await warm();
    database.delete('token');
    touch('user:12');
    expect(await cache.get('token')).toBeNull();
    expect(await cache.get('token')).toBeNull();
  });

  it('any one of the versions is enough', async () => {
    await warm();
    database.set('token', { id: 12, plan: 'reseller' });
    touch('plan:standard');
    expect(await cache.get('token')).toMatchObject({ plan: 'reseller' });
  });

  it('a value that changes its versions stands with the new ones', async () => {
    await warm();
    database.set('token', { id: 12, plan: 'reseller' });
    touch('user:12');
    await warm();
    touch('plan:standard');
    await cache.get('token');
    expect(lookups).toBe(0);
    touch('plan:reseller');
    await cache.get('token');
    expect(lookups).toBe(1);
  });

  it('what was read while it changed is not believed afterwards', async () => {
    await cache.get('token');
    interrupt = () => {
      database.delete('token');
      touch('user:12');
    };
    expect(await cache.get('token')).toMatchObject({ id: 12 });
    expect(await cache.get('token')).toBeNull();
  });

  it('while the versions are unknown the database is asked every time, and nothing is remembered', async () => {
    await warm();
    isKnown = false;
    await cache.get('token');
    await cache.get('token');
    expect(lookups).toBe(2);
    database.delete('token');
    expect(await cache.get('token')).toBeNull();
  });

  it('what was remembered before a connection was lost is not believed after it, even under the same versions', async () => {
    await warm();
    database.delete('token');
    epoch += 1;
    expect(await cache.get('token')).toBeNull();
  });

  it('nothing is believed once it is as old as the longest age', async () => {
    await warm();
    nowMs = 4999;
    await cache.get('token');
    expect(lookups).toBe(0);
    nowMs = 5000;
    await cache.get('token');
    expect(lookups).toBe(1);
  });

  it('a value that is used all the time ages too', async () => {
    await warm();
    for (nowMs = 0; nowMs <= 5000; nowMs += 100) await cache.get('token');
    expect(lookups).toBe(1);
  });

  it('what does not exist is not remembered, so that a flood of wrong keys takes no room and a new key works at once', async () => {
    for (let key = 0; key < 100; key += 1) expect(await cache.get(`wrong-${key}`)).toBeNull();
    expect(cache.size()).toBe(0);
    database.set('wrong-1', { id: 1, plan: 'standard' });
    expect(await cache.get('wrong-1')).toMatchObject({ id: 1 });
  });

  it('no more is remembered than there is room for', async () => {
    for (let id = 0; id < 10; id += 1) database.set(`token-${id}`, { id, plan: 'standard' });
    for (let id = 0; id < 10; id += 1) await warm(`token-${id}`);
    expect(cache.size()).toBe(3);
  });

  it('a failed look-up fails the call and forgets nothing that was true', async () => {
    await warm();
    touch('user:12');
    interrupt = () => {
      throw new Error('database down');
    };
    await expect(cache.get('token')).rejects.toThrow('database down');
    expect(await cache.get('token')).toMatchObject({ id: 12 });
  });

  it('a hint is what was last known, and asks nobody', async () => {
    expect(cache.hint('token')).toBeUndefined();
    await warm();
    database.delete('token');
    touch('user:12');
    expect(cache.hint('token')).toMatchObject({ id: 12 });
    await cache.get('token');
    expect(cache.hint('token')).toBeUndefined();
    expect(lookups).toBe(1);
  });
});
