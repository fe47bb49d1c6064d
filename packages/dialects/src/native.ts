import { PROBLEM_TYPE } from '@gatehouse/faults';
import { DEFAULT_BODY_LIMIT_BYTES, type Dialect, type ServiceName } from './dialect.ts';

// The operator's paths, each with the service that owns what stands behind it.
const OWNERS: readonly (readonly [path: string, service: ServiceName])[] = [
  ['/admin/v1/users', 'accounts'],
  ['/admin/v1/credentials', 'accounts'],
  ['/admin/v1/plans', 'accounts'],
  ['/admin/v1/tariffs', 'accounts'],
  ['/admin/v1/settings', 'accounts'],
  ['/admin/v1/audit', 'accounts'],
  ['/admin/v1/overview', 'accounts'],
  ['/admin/v1/bans', 'licensing'],
  ['/admin/v1/licences', 'licensing'],
  ['/admin/v1/software', 'licensing'],
  ['/admin/v1/scripts', 'licensing'],
  ['/admin/v1/signing-keys', 'licensing'],
  ['/admin/v1/sites', 'hotspot'],
  ['/admin/v1', 'accounts'],
  ['/accounts/v1', 'accounts'],
  ['/hotspot/v1', 'hotspot'],
];

/** Our own APIs, for operators and people: errors are RFC 9457 problem+json as the service made them. */
export const native: Dialect = {
  name: 'native',
  serviceOf: (path) => OWNERS.find(([root]) => path === root || path.startsWith(`${root}/`))?.[1] ?? null,
  envelope: (problem) => ({ status: problem.status, contentType: PROBLEM_TYPE, body: problem }),
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: false,
};
