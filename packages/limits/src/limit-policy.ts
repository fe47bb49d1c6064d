/** How much of something one key may have within one window. */
export interface LimitPolicy {
  /** Keeps the counts of different limits apart: `phpstrap`, `sign-in-address`. */
  readonly name: string;
  /** Calls (or units of cost) a window. Zero refuses everything. */
  readonly limit: number;
  /** Whole seconds, from 1 to {@link LONGEST_WINDOW_SECONDS}. */
  readonly windowSeconds: number;
}

/** What a call found. `used` and `remaining` always add up to `limit`, whatever was refused or edited meanwhile. */
export interface LimitState {
  readonly allowed: boolean;
  readonly limit: number;
  /** Taken in this window, this call included when it was allowed. Never above `limit`. */
  readonly used: number;
  readonly remaining: number;
  /** When the window ends and everything is there again. */
  readonly resetAt: Date;
  /** Whole seconds until a refused call is worth repeating, at least 1; 0 when the call was allowed. */
  readonly retryAfterSeconds: number;
}

/** About 24.8 days: the longest timer that Node keeps, which the count in memory needs. */
export const LONGEST_WINDOW_SECONDS = 2_147_483;

/**
 * @param used what was taken, before it is bounded by the limit
 * @param resetAtMs @param nowMs milliseconds since 1970
 */
export function limitState({ limit }: LimitPolicy, allowed: boolean, used: number, resetAtMs: number, nowMs: number): LimitState {
  const bounded = Math.max(0, Math.min(used, limit));
  return {
    allowed,
    limit,
    used: bounded,
    remaining: limit - bounded,
    resetAt: new Date(resetAtMs),
    retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((resetAtMs - nowMs) / 1000)),
  };
}

/** @throws RangeError when a figure is not a whole number in its bounds */
export function assertPolicy({ name, limit, windowSeconds }: LimitPolicy, cost = 1): void {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`limit ${name}: the limit must be a whole number from 0`);
  if (!Number.isSafeInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > LONGEST_WINDOW_SECONDS) {
    throw new RangeError(`limit ${name}: the window must be 1 to ${LONGEST_WINDOW_SECONDS} whole seconds`);
  }
  if (!Number.isSafeInteger(cost) || cost < 1) throw new RangeError(`limit ${name}: the cost must be a whole number from 1`);
}
