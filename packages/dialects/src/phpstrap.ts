import { DEFAULT_BODY_LIMIT_BYTES, type Dialect, type Phrasebook } from './dialect.ts';
import { phrase, sentence } from './phrase.ts';

interface Words {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
}

const broken: Words = { status: 500, code: 'INTERNAL_ERROR', message: 'Server-side error — try again shortly.' };
const malformed: Words = { status: 400, code: 'INVALID_PARAM' };

// Only statuses and codes of the document's table of errors.
const book: Phrasebook<Words> = {
  kinds: {
    'no-credential': { status: 401, code: 'MISSING_TOKEN', message: 'No API token was provided.' },
    'wrong-credential': { status: 401, code: 'INVALID_TOKEN', message: 'API token not recognised.' },
    'not-allowed': { status: 403, code: 'FORBIDDEN', message: 'Your plan does not have access to this endpoint.' },
    'account-off': { status: 403, code: 'ACCOUNT_INACTIVE', message: 'Your account has been deactivated.' },
    'bad-parameter': malformed,
    'too-large': malformed,
    'wrong-media-type': malformed,
    'not-found': { status: 404, code: 'NOT_FOUND', message: 'The requested resource does not exist.' },
    'unknown-route': { status: 404, code: 'NOT_FOUND', message: 'The requested resource does not exist.' },
    'wrong-method': { status: 405, code: 'METHOD_NOT_ALLOWED', message: 'All endpoints are GET.' },
    conflict: malformed,
    gone: { status: 404, code: 'NOT_FOUND', message: 'The requested resource does not exist.' },
    unprocessable: malformed,
    'too-many': { status: 429, code: 'RATE_LIMIT_EXCEEDED', message: 'Too many requests — check Retry-After.' },
    'switched-off': { status: 503, code: 'API_DISABLED', message: 'The API has been disabled by the administrator.' },
    timeout: malformed,
    'database-down': broken,
    'service-down': broken,
    'service-slow': broken,
    internal: broken,
  },
  faults: {},
};

/** The user-data API: `{success: false, error: {code, message}}`. */
export const phpstrap: Dialect = {
  name: 'phpstrap',
  title: 'User-data API',
  about: `Read with a token (\`psk_…\`) in \`Authorization: Bearer\`, or in \`?api_key=\`; the header wins. Every response carries
\`X-RateLimit-Limit\`, \`X-RateLimit-Remaining\` and \`X-RateLimit-Reset\` (Unix seconds): the token's own figures, or those of the caller's address.
\`HEAD\` answers as \`GET\` without a body, \`OPTIONS\` answers CORS.

**Decided where the document is silent.** The checks come in this order: path, method, API switched on, token (a wrong or missing one
counts against the address, 60 a minute), account active, rate limit, plan, parameters, row.`,
  errorSchema: {
    type: 'object',
    properties: {
      success: { const: false },
      error: {
        type: 'object',
        properties: {
          code: { enum: [...new Set(Object.values(book.kinds).map(({ code }) => code))] },
          message: { type: 'string' },
        },
        required: ['code', 'message'],
        additionalProperties: false,
      },
    },
    required: ['success', 'error'],
    additionalProperties: false,
  },
  serviceOf: (path) => (path === '/api/v1' || path.startsWith('/api/v1/') ? 'accounts' : null),
  envelope(problem) {
    const { status, code, message } = phrase(book, problem);
    return {
      status,
      contentType: 'application/json',
      body: { success: false, error: { code, message: message ?? sentence(problem) } },
    };
  },
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: true,
};
