import type { Dialect, Phrasebook } from './dialect.ts';
import { phrase, sentence } from './phrase.ts';

/** HTTP status and message; without a message the fault's own sentence is used. */
interface Words {
  readonly status: number;
  readonly message?: string;
}

// Sentences of the document, word for word: clients in the field match on them.
const book: Phrasebook<Words> = {
  kinds: {
    'no-credential': { status: 401, message: 'invalid api key' },
    'wrong-credential': { status: 401, message: 'invalid api key' },
    'not-allowed': { status: 403, message: 'this key does not have access to this method' },
    'account-off': { status: 403, message: 'authorization denied by server' },
    'bad-parameter': { status: 400, message: 'parameter is invalid or missing' },
    'too-large': { status: 413, message: 'request is too large' },
    'wrong-media-type': { status: 415, message: 'content type is not supported' },
    'not-found': { status: 404 },
    'unknown-route': { status: 400, message: 'invalid API command' },
    'wrong-method': { status: 405, message: 'method not allowed' },
    conflict: { status: 409 },
    gone: { status: 410 },
    unprocessable: { status: 422 },
    'too-many': { status: 429, message: 'too many requests' },
    'switched-off': { status: 503, message: 'API is not available' },
    timeout: { status: 408, message: 'request timed out' },
    'database-down': { status: 503, message: 'service is not available, try again shortly' },
    'service-down': { status: 502, message: 'service is not available, try again shortly' },
    'service-slow': { status: 504, message: 'service is not available, try again shortly' },
    internal: { status: 500, message: 'internal server error' },
  },
  faults: {
    OVERLOADED: { status: 503, message: 'service is not available, try again shortly' },
    TWO_STEP_OFF: { status: 403, message: 'API is not available because you must enable 2-step on your forum account' },
    ACCOUNT_DORMANT: { status: 403, message: 'API is not available because your forum account has not been active in the last 72 hours' },
    NO_LIVE_SESSION: { status: 401, message: 'API is not available because there is not an active Session for this license key' },
    HASH_MISMATCH: {
      status: 401,
      message: 'this license key cannot authorize due to the hash not matching the current Web API requester.',
    },
    HANDSHAKE_EXISTS: { status: 409, message: 'handshake already exists' },
    HANDSHAKE_INVALID: { status: 404, message: 'handshake invalid' },
    HANDSHAKE_EXPIRED: { status: 410, message: 'handshake expired' },
  },
};

/** The licence-key Web API: `{code, status, message}`. `status` repeats `code` because clients in the field read either. */
export const webApi: Dialect = {
  name: 'web-api',
  title: 'Licence-key Web API',
  about: `\`GET\` or \`POST /api.php\` with the member's licence key in \`key\` and the method in \`cmd\`. On POST both, and the parameters, may stand
in the body too (JSON, urlencoded or multipart); the query wins. A flag counts by its presence, whatever its value. \`&beautify\` indents
a reply. Data methods answer bare; actions and errors answer \`{code, status, message}\`.

**Decided where the document is silent.** The checks come in this order: address banned, key, \`cmd\` (left out: \`getMember\`), member welcome,
two-step on, active in the last 72 hours, live Session, caller's address as at the Session's start, secret key where the method needs one, parameters.
20 different wrong keys from an address in 10 minutes ban it for a day. \`getMember\` leaves out what belongs to a forum. The methods for
sellers need a licence key that is marked *secret*.`,
  errorSchema: {
    type: 'object',
    properties: { code: { type: 'integer' }, status: { type: 'integer', description: 'The same as code' }, message: { type: 'string' } },
    required: ['code', 'status', 'message'],
    additionalProperties: false,
  },
  serviceOf: (path) => (path === '/api.php' ? 'licensing' : null),
  envelope(problem, query = '') {
    const { status, message } = phrase(book, problem);
    return {
      status,
      contentType: 'application/json',
      body: { code: status, status, message: message ?? sentence(problem) },
      ...(new URLSearchParams(query).has('beautify') ? { indent: 4 } : {}),
    };
  },
  // A configuration of 1 MiB swells to three times its size when it is urlencoded.
  bodyLimitBytes: 3.5 * 1024 * 1024,
  rateLimitHeaders: false,
};
