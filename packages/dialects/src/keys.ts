import { DEFAULT_BODY_LIMIT_BYTES, type Dialect, type Phrasebook } from './dialect.ts';
import { phrase, sentence } from './phrase.ts';

interface Words {
  readonly status: number;
  readonly code: string;
}

const book: Phrasebook<Words> = {
  kinds: {
    'no-credential': { status: 401, code: 'UNAUTHORIZED' },
    'wrong-credential': { status: 401, code: 'UNAUTHORIZED' },
    'not-allowed': { status: 403, code: 'FORBIDDEN' },
    'account-off': { status: 403, code: 'ACCOUNT_INACTIVE' },
    'bad-parameter': { status: 400, code: 'INVALID_PARAM' },
    'too-large': { status: 413, code: 'PAYLOAD_TOO_LARGE' },
    'wrong-media-type': { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
    'not-found': { status: 404, code: 'NOT_FOUND' },
    'unknown-route': { status: 404, code: 'NOT_FOUND' },
    'wrong-method': { status: 405, code: 'METHOD_NOT_ALLOWED' },
    conflict: { status: 409, code: 'CONFLICT' },
    gone: { status: 404, code: 'NOT_FOUND' },
    unprocessable: { status: 422, code: 'IDEMPOTENCY_MISMATCH' },
    'too-many': { status: 429, code: 'RATE_LIMITED' },
    'switched-off': { status: 503, code: 'UNAVAILABLE' },
    timeout: { status: 408, code: 'UNAVAILABLE' },
    'database-down': { status: 503, code: 'UNAVAILABLE' },
    'service-down': { status: 502, code: 'UNAVAILABLE' },
    'service-slow': { status: 504, code: 'UNAVAILABLE' },
    internal: { status: 500, code: 'INTERNAL_ERROR' },
  },
  faults: { OVERLOADED: { status: 503, code: 'UNAVAILABLE' }, ADDRESS_BANNED: { status: 403, code: 'BANNED' } },
};

const ROOTS = ['/keys', '/services', '/providers', '/hwid-bans', '/sessions'];

/** The licence-key management API: `{error, code}`, with `details` where parameters are wrong. */
export const keys: Dialect = {
  name: 'keys',
  title: 'Licence-key management API',
  about: `Sellers manage their licence keys with an API key of scope \`rest-api:*\` (reads also with \`rest-api:read\`, writes with
\`rest-api:write\`) in \`Authorization\`, as \`Bearer\` or bare. Programs in customers' hands call \`/keys/verify\` and \`/sessions\` with the licence
key alone. Bodies are JSON or urlencoded; a member that is not known is refused. Every write takes an \`Idempotency-Key\`: the same
request within 24 hours gets the first answer again.

**Decided where the document is silent.** \`status\` of a key is the first that fits: \`invalidated\`, \`expired\`, \`used\` (a one-time key that was
used), \`active\`, \`unused\`. What belongs to another seller is *not found*. The answer of \`/keys/verify\` is signed with Ed25519 over all its
other members in a canonical form; 100 unknown keys from an address in 10 minutes are answered 429.`,
  errorSchema: {
    type: 'object',
    properties: {
      error: { type: 'string' },
      code: { type: 'string', description: 'Stable' },
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
    },
    required: ['error', 'code'],
    additionalProperties: false,
  },
  serviceOf: (path) => (ROOTS.some((root) => path === root || path.startsWith(`${root}/`)) ? 'licensing' : null),
  envelope(problem) {
    const { status, code } = phrase(book, problem);
    const error = problem.details === undefined ? sentence(problem) : problem.title;
    return {
      status,
      contentType: 'application/json',
      body: { error, code: problem.reason ?? code, ...(problem.details === undefined ? {} : { details: problem.details }) },
    };
  },
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: false,
};
