import { DEFAULT_BODY_LIMIT_BYTES, type Dialect, type Phrasebook } from './dialect.ts';
import { phrase, sentence } from './phrase.ts';

interface Words {
  readonly status: number;
  readonly message?: string;
}

const notSet = 'API Key not set or method not allowed';
const failed = 'An error occurred';

// Sentences of the document, word for word.
const book: Phrasebook<Words> = {
  kinds: {
    'no-credential': { status: 401, message: notSet },
    'wrong-credential': { status: 401, message: 'API Key is incorrect' },
    'not-allowed': { status: 403, message: notSet },
    'account-off': { status: 403, message: notSet },
    'bad-parameter': { status: 400 },
    'too-large': { status: 413 },
    'wrong-media-type': { status: 415 },
    'not-found': { status: 404 },
    'unknown-route': { status: 400, message: failed },
    'wrong-method': { status: 401, message: notSet },
    conflict: { status: 409 },
    gone: { status: 404 },
    unprocessable: { status: 422 },
    'too-many': { status: 429 },
    'switched-off': { status: 403, message: 'API is not enabled' },
    timeout: { status: 408 },
    'database-down': { status: 500, message: failed },
    'service-down': { status: 500, message: failed },
    'service-slow': { status: 500, message: failed },
    internal: { status: 500, message: failed },
  },
  faults: {
    USERNAME_TAKEN: { status: 409, message: 'Username already exists' },
    USERNAME_UNKNOWN: { status: 404, message: "Username doesn't exist" },
    USERNAME_MISSING: { status: 400, message: 'No username set' },
  },
};

/** The captive-portal voucher API: `{message, error: true}`. `/api` and `/api/` exactly; a site's cloud host is all its own. */
export const hotspot: Dialect = {
  name: 'hotspot',
  serviceOf: (path) => (path === '/api' || path === '/api/' ? 'hotspot' : null),
  envelope(problem) {
    const { status, message } = phrase(book, problem);
    return { status, contentType: 'application/json', body: { message: message ?? sentence(problem), error: true } };
  },
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: false,
};
