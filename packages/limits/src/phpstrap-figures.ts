import type { LimitPolicy, LimitState } from './limit-policy.ts';

/**
 * phpstrap's limit of an address without a valid token: 60 a minute. The accounts service counts against it, and the
 * gateway shows its figures on the faults that it makes itself.
 */
export const PHPSTRAP_ADDRESS_POLICY: LimitPolicy = { name: 'phpstrap-address', limit: 60, windowSeconds: 60 };

/** phpstrap's figures of a limit as response headers; the reset in unix seconds. */
export function rateLimitHeaders({ limit, remaining, resetAt }: LimitState): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(resetAt.getTime() / 1000)),
  };
}
