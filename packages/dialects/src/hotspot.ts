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
  title: 'Captive-portal voucher API',
  about: `\`POST /api/\` with JSON, urlencoded or multipart fields, or \`GET /api/?…\` from a network that the site allows. The site's key stands in
\`api-key\`, the command in \`action\`: in the body on POST, in the query on GET. A parameter that is empty counts as left out. Each site has a
cloud host of its own too, which takes POST only unless the operator says otherwise.

**Decided where the document is silent.** The checks come in this order: key, API switched on, method open to the caller, \`action\`,
parameters. 20 different wrong keys from an address in 10 minutes are answered 429. \`get_logins\`, \`get_guest_hosts\` and the lists of mobile, Facebook
and free guests have the members shown here. Lists take \`page\` and \`per_page\`; without them they are whole.`,
  errorSchema: {
    type: 'object',
    properties: { message: { type: 'string' }, error: { const: true } },
    required: ['message', 'error'],
    additionalProperties: false,
  },
  serviceOf: (path) => (path === '/api' || path === '/api/' ? 'hotspot' : null),
  envelope(problem) {
    const { status, message } = phrase(book, problem);
    return { status, contentType: 'application/json', body: { message: message ?? sentence(problem), error: true } };
  },
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  rateLimitHeaders: false,
};
