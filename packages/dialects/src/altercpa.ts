import { DEFAULT_BODY_LIMIT_BYTES, type Dialect, type Phrasebook } from './dialect.ts';
import { phrase } from './phrase.ts';

const book: Phrasebook<string> = {
  kinds: {
    'no-credential': 'key',
    'wrong-credential': 'key',
    'not-allowed': 'key',
    'account-off': 'ban',
    'bad-parameter': 'param',
    'too-large': 'param',
    'wrong-media-type': 'param',
    'not-found': 'param',
    'unknown-route': 'func',
    'wrong-method': 'func',
    conflict: 'exists',
    gone: 'param',
    unprocessable: 'param',
    'too-many': 'limit',
    'switched-off': 'func',
    timeout: 'param',
    'database-down': 'db',
    'service-down': 'db',
    'service-slow': 'db',
    internal: 'db',
  },
  faults: { SUBSCRIPTION_LAPSED: 'unpaid', TELEGRAM_SIGNATURE: 'sign', TELEGRAM_STALE: 'old', TELEGRAM_TAKEN: 'exists' },
};

/** The user API: always HTTP 200, `{status: "error", error: code}`. Every path of `/api/` that the others leave. */
export const altercpa: Dialect = {
  name: 'altercpa',
  title: 'User API',
  about: `Every reply is HTTP 200: \`{"status": "ok", "data": …}\` or \`{"status": "error", "error": code}\`. The API key (\`42-…\`) stands in
\`?id=\` or in \`Authorization: Bearer\`; the header wins. A session token stands in the header only. POST bodies are JSON or urlencoded.

**Decided where the document is silent.** The checks come in this order: path and method (\`func\`), credential (\`key\`), suspended (\`ban\`),
lapsed (\`unpaid\`), then the endpoint. Beside the document's codes there are \`param\` (a parameter is wrong), \`limit\` (too many calls),
\`sign\`, \`old\` and \`exists\` (of the Telegram sign-in). Who never subscribed never lapses.`,
  errorSchema: {
    type: 'object',
    properties: {
      status: { const: 'error' },
      error: { enum: [...new Set([...Object.values(book.kinds), ...Object.values(book.faults)])] },
    },
    required: ['status', 'error'],
    additionalProperties: false,
  },
  serviceOf: (path) => (path.startsWith('/api/') && path !== '/api/' ? 'accounts' : null),
  envelope: (problem) => ({ status: 200, contentType: 'application/json', body: { status: 'error', error: phrase(book, problem) } }),
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: false,
};
