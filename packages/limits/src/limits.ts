import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { createDistinctCounts, type DistinctCounts } from './distinct-counts.ts';
import { assertPolicy, type LimitPolicy, type LimitState, limitState } from './limit-policy.ts';
import type { RedisLink } from './redis-link.ts';

/** Counts calls against limits. */
export interface Limits extends DistinctCounts {
  /**
   * Takes `cost` from what `key` has left of `policy`, if there is enough. Never fails because of Redis.
   * @throws RangeError when the policy or the cost cannot be counted
   */
  consume(policy: LimitPolicy, key: string, cost?: number): Promise<LimitState>;
  /** What `consume` would find, without taking anything. `allowed` tells whether a call of cost 1 would pass. */
  peek(policy: LimitPolicy, key: string): Promise<LimitState>;
  /** Gives back what `consume` took, within the same window: for limits that count failures, taken before and given back on success. */
  refund(policy: LimitPolicy, key: string, cost?: number): Promise<void>;
  /** Forgets what `key` has taken. Where Redis is away it is forgotten in this process only. */
  reset(policy: LimitPolicy, key: string): Promise<void>;
}

/** What {@link createLimits} takes. */
export interface LimitsOptions {
  /** Counts are shared through it. Without it they are this process's own. */
  readonly redis?: RedisLink;
  /** Stands before every key, within the link's own prefix. */
  readonly prefix?: string;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Stateless: dropping one costs a few objects and forgets no count. */
const LONGEST_LIMITER_LIST = 500;
const LONGEST_PLAIN_KEY = 96;
const FIRST_POLICY: LimitPolicy = { name: 'none', limit: 1, windowSeconds: 1 };

/**
 * Limits over fixed windows: a window opens with the first call of a key and lasts `windowSeconds`.
 *
 * With Redis the count is exact over all processes: check and increment are one script. A refused call takes nothing,
 * so that a limit raised by an operator is felt at once. While Redis is away each process counts for itself (the insurance),
 * starting from nothing; when Redis answers again its counts go on. In memory a refused call does count, which only matters
 * when a limit is raised within the window.
 */
export function createLimits({ redis, prefix = 'limit', now = Date.now }: LimitsOptions = {}): Limits {
  // Compares nothing itself (points are endless): the limit comes with each call, and limits differ by user.
  const memory = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1, keyPrefix: '' });
  const redisLimiters = new Map<string, RateLimiterRedis>();

  const limiterFor = (policy: LimitPolicy, client: unknown): RateLimiterRedis => {
    const id = `${policy.limit}/${policy.windowSeconds}`;
    const known = redisLimiters.get(id);
    if (known) return known;
    if (redisLimiters.size >= LONGEST_LIMITER_LIST) redisLimiters.clear();
    const limiter = new RateLimiterRedis({
      storeClient: client,
      points: policy.limit,
      duration: policy.windowSeconds,
      keyPrefix: prefix,
      customIncrTtlLuaScript: TAKE_SCRIPT,
    });
    redisLimiters.set(id, limiter);
    return limiter;
  };

  // The library defines its command with the first limiter.
  redis?.prepare((client) => void limiterFor(FIRST_POLICY, client));

  const consumeInRedis = async (link: RedisLink, policy: LimitPolicy, key: string, cost: number): Promise<LimitState> => {
    try {
      const { consumedPoints, msBeforeNext } = await link.run((client) => limiterFor(policy, client).consume(key, cost));
      return limitState(policy, true, consumedPoints, now() + msBeforeNext, now());
    } catch (error) {
      // The library rejects with a result when the limit is reached, and with an Error when the store failed.
      if (!(error instanceof RateLimiterRes)) throw error;
      return limitState(policy, false, error.consumedPoints - cost, now() + error.msBeforeNext, now());
    }
  };

  const consumeInMemory = async (policy: LimitPolicy, key: string, cost: number): Promise<LimitState> => {
    const { consumedPoints, msBeforeNext } = await memory.penalty(key, cost, { customDuration: policy.windowSeconds });
    return limitState(policy, consumedPoints <= policy.limit, consumedPoints, now() + msBeforeNext, now());
  };

  const peekInMemory = async (policy: LimitPolicy, key: string): Promise<LimitState> => stateOf(policy, await memory.get(key), now());

  return {
    consume: async (policy, key, cost = 1) => {
      assertPolicy(policy, cost);
      const id = keyOf(policy, key);
      if (redis?.status() !== 'ready') return consumeInMemory(policy, id, cost);
      return consumeInRedis(redis, policy, id, cost).catch(() => consumeInMemory(policy, id, cost));
    },
    peek: async (policy, key) => {
      assertPolicy(policy);
      const id = keyOf(policy, key);
      if (redis?.status() !== 'ready') return peekInMemory(policy, id);
      return redis
        .run((client) => limiterFor(policy, client).get(id))
        .then((found) => stateOf(policy, found, now()))
        .catch(() => peekInMemory(policy, id));
    },
    refund: async (policy, key, cost = 1) => {
      assertPolicy(policy, cost);
      const id = keyOf(policy, key);
      const refundInMemory = async (): Promise<void> => {
        const options = { customDuration: policy.windowSeconds };
        const { consumedPoints } = await memory.reward(id, cost, options);
        // The window had ended and taken everything with it: there was nothing to give back.
        if (consumedPoints < 0) await memory.penalty(id, cost, options);
      };
      if (redis?.status() !== 'ready') return refundInMemory();
      const refundInRedis = redis.run((client) => client.eval(GIVE_SCRIPT, 1, limiterFor(policy, client).getKey(id), cost));
      await refundInRedis.catch(refundInMemory);
    },
    reset: async (policy, key) => {
      assertPolicy(policy);
      const id = keyOf(policy, key);
      await memory.delete(id);
      if (redis?.status() === 'ready') await redis.run((client) => limiterFor(policy, client).delete(id)).catch(() => undefined);
    },
    ...createDistinctCounts({ ...(redis === undefined ? {} : { redis }), prefix: `${prefix}:distinct`, now }),
  };
}

/**
 * Replaces the library's script so that a refused call takes nothing.
 * ARGV: cost, window in seconds, limit. Returns what would have been taken in all, and the rest of the window in milliseconds.
 */
const TAKE_SCRIPT = `
local total = tonumber(redis.call('get', KEYS[1]) or '0') + tonumber(ARGV[1])
if total <= tonumber(ARGV[3]) then
  if redis.call('incrby', KEYS[1], ARGV[1]) == tonumber(ARGV[1]) then
    redis.call('expire', KEYS[1], ARGV[2])
  end
end
local rest = redis.call('pttl', KEYS[1])
if rest < 0 then rest = tonumber(ARGV[2]) * 1000 end
return {total, rest}
`;

/** Gives back what is there to be given back: a window that has ended took everything with it. ARGV: cost. */
const GIVE_SCRIPT = `
if tonumber(redis.call('get', KEYS[1]) or '0') >= tonumber(ARGV[1]) then
  redis.call('decrby', KEYS[1], ARGV[1])
end
return 0
`;

/** The window is part of the key: a window that an operator changes begins anew. */
function keyOf(policy: LimitPolicy, key: string): string {
  const shortKey = key.length <= LONGEST_PLAIN_KEY ? key : createHash('sha256').update(key).digest('base64url');
  return `${policy.name}:${policy.windowSeconds}:${shortKey}`;
}

function stateOf(policy: LimitPolicy, found: RateLimiterRes | null, nowMs: number): LimitState {
  if (found === null || found.msBeforeNext <= 0) return limitState(policy, policy.limit > 0, 0, nowMs + policy.windowSeconds * 1000, nowMs);
  return limitState(policy, found.consumedPoints < policy.limit, found.consumedPoints, nowMs + found.msBeforeNext, nowMs);
}
