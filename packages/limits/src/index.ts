export type { DistinctCounts, DistinctState } from './distinct-counts.ts';
export { type LimitPolicy, type LimitState, LONGEST_WINDOW_SECONDS } from './limit-policy.ts';
export { createLimits, type Limits, type LimitsOptions } from './limits.ts';
export { PHPSTRAP_ADDRESS_POLICY, rateLimitHeaders } from './phpstrap-figures.ts';
export { connectRedis, type LinkLog, type RedisLink, type RedisLinkOptions } from './redis-link.ts';
export { createVersions, type Versions, type VersionsOptions } from './versions.ts';
