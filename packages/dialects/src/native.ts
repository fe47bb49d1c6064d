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
  ['/admin/v1/exports/keys', 'licensing'],
  ['/admin/v1/imports/keys', 'licensing'],
  ['/admin/v1/exports/vouchers', 'hotspot'],
  ['/admin/v1/imports/vouchers', 'hotspot'],
  ['/admin/v1', 'accounts'],
  ['/accounts/v1', 'accounts'],
  ['/hotspot/v1', 'hotspot'],
];

/** Our own APIs, for operators and people: errors are RFC 9457 problem+json as the service made them. */
export const native: Dialect = {
  name: 'native',
  title: "Gatehouse's own APIs",
  about: `For operators (\`/admin/v1\`), people (\`/accounts/v1\`) and venues (\`/hotspot/v1\`). JSON with snake_case members and ISO 8601 times; bodies may be
urlencoded too; a member that is not known is refused. Lists are \`{items, next_cursor}\`, asked for with \`limit\` and \`cursor\`. Every write takes an
\`Idempotency-Key\`: the same request within 24 hours gets the first answer again. Errors are problem+json (RFC 9457) with a stable \`code\`.`,
  errorSchema: {
    type: 'object',
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', description: 'Stable' },
      detail: { type: 'string' },
      details: {
        type: 'array',
        description: 'The parameters that are wrong',
        items: {
          type: 'object',
          properties: { path: { type: 'string' }, message: { type: 'string' } },
          required: ['path', 'message'],
          additionalProperties: false,
        },
      },
      reason: { type: 'string', description: 'A finer code' },
    },
    required: ['type', 'title', 'status', 'code'],
    additionalProperties: false,
  },
  serviceOf: (path) => OWNERS.find(([root]) => path === root || path.startsWith(`${root}/`))?.[1] ?? null,
  envelope: (problem) => ({ status: problem.status, contentType: PROBLEM_TYPE, body: problem }),
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: false,
};
