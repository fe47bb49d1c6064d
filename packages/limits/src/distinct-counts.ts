import { createHash } from 'node:crypto';
import { assertPolicy, type LimitPolicy } from './limit-policy.ts';
import type { RedisLink } from './redis-link.ts';

/** How many different things a key showed within the window. */
export interface DistinctState {
  /** Different members in the last `windowSeconds`; stops at the policy's limit. */
  readonly count: number;
  /** Whether `count` is at the limit: the 20th of 20 different wrong keys reaches it. */
  readonly reached: boolean;
  /** When the oldest of them falls out of the window. */
  readonly resetAt: Date;
  /** Whole seconds until then, at least 1; 0 when the limit is not reached. */
  readonly retryAfterSeconds: number;
}

/** Counts different members, such as the wrong keys that an address has tried. */
export interface DistinctCounts {
  /** Notes that `key` showed `member`. The window slides: whenever `limit` members fall within `windowSeconds`, it is reached. */
  countDistinct(policy: LimitPolicy, key: string, member: string): Promise<DistinctState>;
  /** Where `key` stands, without noting anything. */
  peekDistinct(policy: LimitPolicy, key: string): Promise<DistinctState>;
  /** Forgets what `key` has shown. */
  resetDistinct(policy: LimitPolicy, key: string): Promise<void>;
}

/** The newest members and when each was last shown (milliseconds), oldest first; at most the policy's limit of them. */
type Shown = readonly (readonly [member: string, atMs: number])[];

/** While Redis is away this many keys are remembered, the oldest forgotten first. */
const LONGEST_MEMORY = 20_000;

/**
 * Exact counts of different members over a sliding window: in Redis a sorted set by time, in memory where there is none.
 * Only the newest `limit` members are kept, so that a flood costs no memory, and only their hashes: a wrong key may be a
 * mistyped right one.
 */
export function createDistinctCounts(options: { redis?: RedisLink; prefix: string; now: () => number }): DistinctCounts {
  const { redis, prefix, now } = options;
  const memory = new Map<string, Shown>();

  const inRedis = async (link: RedisLink, policy: LimitPolicy, key: string, member: string | null): Promise<Shown> => {
    const replies = await link.run((client) => {
      const at = now();
      const transaction = client.multi();
      if (member !== null) transaction.zadd(key, at, member);
      transaction.zremrangebyscore(key, '-inf', at - policy.windowSeconds * 1000);
      transaction.zremrangebyrank(key, 0, -policy.limit - 1);
      if (member !== null) transaction.expire(key, policy.windowSeconds);
      return transaction.zrange(key, 0, -1, 'WITHSCORES').exec();
    });
    return readPairs(replies);
  };

  const inMemory = (policy: LimitPolicy, key: string, member: string | null): Shown => {
    const at = now();
    const kept = (memory.get(key) ?? []).filter(([other, atMs]) => other !== member && atMs > at - policy.windowSeconds * 1000);
    const shown = (member === null ? kept : [...kept, [member, at] as const]).slice(-policy.limit);
    memory.delete(key);
    if (shown.length > 0) memory.set(key, shown);
    if (memory.size > LONGEST_MEMORY) memory.delete(memory.keys().next().value ?? key);
    return shown;
  };

  const look = async (policy: LimitPolicy, key: string, member: string | null): Promise<DistinctState> => {
    assertPolicy(policy);
    if (policy.limit === 0) throw new RangeError(`limit ${policy.name}: a distinct count needs a limit of at least 1`);
    const id = keyOf(prefix, policy, key);
    const shown =
      redis?.status() === 'ready'
        ? await inRedis(redis, policy, id, member).catch(() => inMemory(policy, id, member))
        : inMemory(policy, id, member);
    return distinctState(policy, shown, now());
  };

  return {
    countDistinct: (policy, key, member) => look(policy, key, digest(member)),
    peekDistinct: (policy, key) => look(policy, key, null),
    resetDistinct: async (policy, key) => {
      const id = keyOf(prefix, policy, key);
      memory.delete(id);
      if (redis?.status() === 'ready') await redis.run((client) => client.del(id)).catch(() => undefined);
    },
  };
}

function distinctState({ limit, windowSeconds }: LimitPolicy, shown: Shown, nowMs: number): DistinctState {
  const resetAtMs = (shown[0]?.[1] ?? nowMs) + windowSeconds * 1000;
  const reached = shown.length >= limit;
  return {
    count: shown.length,
    reached,
    resetAt: new Date(resetAtMs),
    retryAfterSeconds: reached ? Math.max(1, Math.ceil((resetAtMs - nowMs) / 1000)) : 0,
  };
}

function keyOf(prefix: string, policy: LimitPolicy, key: string): string {
  return `${prefix}:${policy.name}:${digest(key)}`;
}

/** 128 bits are enough: a collision would only count two wrong keys as one. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}

/** The last reply of the transaction, `[member, score, member, score, …]`, as pairs. */
function readPairs(replies: [error: Error | null, result: unknown][] | null): Shown {
  const [error, flat] = replies?.at(-1) ?? [new Error('redis dropped the transaction'), null];
  if (error) throw error;
  if (!Array.isArray(flat)) throw new Error('redis answered no list');
  return Array.from({ length: flat.length / 2 }, (_, index) => [String(flat[index * 2]), Number(flat[index * 2 + 1])] as const);
}
