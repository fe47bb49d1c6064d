import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RedisLink } from './redis-link.ts';
import type { Versions } from './versions.ts';

/** A version that runs out is made anew, which costs one look-up: nothing stays in Redis for users who stay away. */
const LIFETIME_SECONDS = 24 * 3600;
const RETRY_DELAY_MS = 50;

/**
 * Versions shared through Redis. They are random, so that a version which Redis lost (restart, eviction) never comes
 * back by chance; a Redis that comes back with old versions from disk is told by the epoch, since its restart ends every connection.
 */
export function createRedisVersions({ redis, maxAgeMs }: { redis: RedisLink; maxAgeMs: number }): Versions {
  const readInTurn = createTurnReader(redis);
  return {
    maxAgeMs,
    epoch: redis.epoch,
    read: async (names) => {
      if (redis.status() !== 'ready') return 'unknown';
      try {
        return await readVersions(redis, readInTurn, names);
      } catch {
        return 'unknown';
      }
    },
    touch: async (names) => {
      if (names.length === 0) return;
      const deadline = performance.now() + maxAgeMs;
      for (;;) {
        try {
          await redis.run((client) => Promise.all(names.map((name) => client.set(keyOf(name), randomUUID(), 'EX', LIFETIME_SECONDS))));
          return;
        } catch {
          // Redis may be away from this process only: until it can be told, others go on believing, for maxAgeMs at most.
          const leftMs = deadline - performance.now();
          if (leftMs <= 0) return;
          await wait(Math.min(leftMs, RETRY_DELAY_MS));
        }
      }
    },
  };
}

type ReadInTurn = (names: readonly string[]) => Promise<readonly (string | null)[]>;

/**
 * Reads each version once a turn of the event loop, for all who ask for it in that turn: a command costs this process as much as all
 * else that a check of versions does, and in a busy moment most ask for the same. The requests of one turn had all arrived before
 * it began, so what they share was read after each of them came.
 */
function createTurnReader(redis: RedisLink): ReadInTurn {
  let turn: Map<string, Promise<string | null>> | undefined;

  function beginTurn(): Map<string, Promise<string | null>> {
    setImmediate(() => {
      turn = undefined;
    });
    return new Map();
  }

  return (names) => {
    turn ??= beginTurn();
    const reads = turn;
    const missing = [...new Set(names)].filter((name) => !reads.has(name));
    if (missing.length > 0) {
      const found = redis.run((client) => client.mget(missing.map(keyOf)));
      for (const [index, name] of missing.entries()) {
        reads.set(
          name,
          found.then((versions) => versions[index] ?? null),
        );
      }
    }
    return Promise.all(names.map((name) => reads.get(name) ?? null));
  };
}

/** Reads the versions; missing ones are made first, so that there is something to compare before the database is asked. */
async function readVersions(redis: RedisLink, readInTurn: ReadInTurn, names: readonly string[]): Promise<readonly string[] | 'unknown'> {
  if (names.length === 0) return [];
  const found = await readInTurn(names);
  if (isComplete(found)) return found;
  const made = await redis.run((client) => makeMissing(client, names.map(keyOf), found));
  return isComplete(made) ? made : 'unknown';
}

async function makeMissing(client: Redis, keys: readonly string[], found: readonly (string | null)[]): Promise<(string | null)[]> {
  const missing = keys.filter((_, index) => found[index] == null);
  await Promise.all(missing.map((key) => client.set(key, randomUUID(), 'EX', LIFETIME_SECONDS, 'NX')));
  // Another process may have made the same ones at the same time: what stands now is what counts.
  return client.mget([...keys]);
}

function isComplete(values: readonly (string | null)[]): values is readonly string[] {
  return values.every((value) => value !== null);
}

function keyOf(name: string): string {
  return `version:${name}`;
}
