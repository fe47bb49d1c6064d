/**
 * What a fault means to a client in general. Every dialect knows how to say each kind;
 * a dialect may say a single fault differently (see `packages/dialects`).
 */
export type FaultKind =
  | 'no-credential'
  | 'wrong-credential'
  | 'not-allowed'
  | 'account-off'
  | 'bad-parameter'
  | 'too-large'
  | 'wrong-media-type'
  | 'not-found'
  | 'unknown-route'
  | 'wrong-method'
  | 'conflict'
  | 'gone'
  | 'unprocessable'
  | 'too-many'
  | 'switched-off'
  | 'timeout'
  | 'database-down'
  | 'service-down'
  | 'service-slow'
  | 'internal';

/** Who has to act for the request to succeed. */
export type FaultBlame = 'caller' | 'operator' | 'service';

interface FaultEntry {
  readonly kind: FaultKind;
  /** HTTP status of the plain problem+json form. A dialect may choose another. */
  readonly status: number;
  readonly blame: FaultBlame;
  /** Public text: safe to show to anyone. */
  readonly text: string;
}

/**
 * The one list of faults. A code is stable: clients of our own APIs match on it, logs and metrics
 * count by it. Add a line here and every dialect can say it at once.
 */
export const FAULTS = {
  // who is calling
  NO_CREDENTIAL: { kind: 'no-credential', status: 401, blame: 'caller', text: 'No credential was sent.' },
  BAD_CREDENTIAL: { kind: 'wrong-credential', status: 401, blame: 'caller', text: 'The credential is unknown or has been revoked.' },
  NOT_ALLOWED: { kind: 'not-allowed', status: 403, blame: 'caller', text: 'This credential does not have access to this.' },
  ACCOUNT_INACTIVE: { kind: 'account-off', status: 403, blame: 'operator', text: 'This account is not active.' },
  ACCOUNT_BANNED: { kind: 'account-off', status: 403, blame: 'operator', text: 'This account has been banned.' },
  TOO_MANY_REQUESTS: { kind: 'too-many', status: 429, blame: 'caller', text: 'Too many requests.' },
  // what was asked
  BAD_PARAMETER: { kind: 'bad-parameter', status: 400, blame: 'caller', text: 'A parameter is missing or malformed.' },
  BAD_BODY: { kind: 'bad-parameter', status: 400, blame: 'caller', text: 'The body cannot be read in the form its Content-Type names.' },
  PAYLOAD_TOO_LARGE: { kind: 'too-large', status: 413, blame: 'caller', text: 'The body is larger than this endpoint takes.' },
  UNSUPPORTED_MEDIA_TYPE: {
    kind: 'wrong-media-type',
    status: 415,
    blame: 'caller',
    text: 'This endpoint does not take a body of this Content-Type.',
  },
  REQUEST_TIMEOUT: { kind: 'timeout', status: 408, blame: 'caller', text: 'The request did not arrive in time.' },
  UNKNOWN_ROUTE: { kind: 'unknown-route', status: 404, blame: 'caller', text: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { kind: 'wrong-method', status: 405, blame: 'caller', text: 'This path does not take this method.' },
  NOT_FOUND: { kind: 'not-found', status: 404, blame: 'caller', text: 'Not found.' },
  CONFLICT: { kind: 'conflict', status: 409, blame: 'caller', text: 'This conflicts with what exists.' },
  IDEMPOTENCY_MISMATCH: {
    kind: 'unprocessable',
    status: 422,
    blame: 'caller',
    text: 'This Idempotency-Key was used with another request.',
  },
  API_DISABLED: { kind: 'switched-off', status: 503, blame: 'operator', text: 'The API has been disabled by the administrator.' },
  // ourselves
  DATABASE_DOWN: { kind: 'database-down', status: 503, blame: 'service', text: 'The database does not answer; try again shortly.' },
  SERVICE_DOWN: { kind: 'service-down', status: 502, blame: 'service', text: 'The service does not answer; try again shortly.' },
  SERVICE_UNREADABLE: { kind: 'service-down', status: 502, blame: 'service', text: 'The service gave an answer that cannot be read.' },
  SERVICE_SLOW: { kind: 'service-slow', status: 504, blame: 'service', text: 'The service took too long to answer.' },
  OVERLOADED: { kind: 'service-down', status: 503, blame: 'service', text: 'Too much is going on; try again shortly.' },
  INTERNAL: { kind: 'internal', status: 500, blame: 'service', text: 'Something went wrong on our side.' },
  // licence keys
  KEY_REFUSED: { kind: 'not-allowed', status: 403, blame: 'caller', text: 'This licence key is refused.' },
  ADDRESS_BANNED: { kind: 'account-off', status: 403, blame: 'operator', text: 'Calls from this address are refused.' },
  AUTHORIZATION_DENIED: { kind: 'account-off', status: 403, blame: 'operator', text: 'Access to this API was withdrawn.' },
  TWO_STEP_OFF: { kind: 'not-allowed', status: 403, blame: 'caller', text: 'Two-step sign-in must be on.' },
  ACCOUNT_DORMANT: { kind: 'not-allowed', status: 403, blame: 'caller', text: 'The account has not been active lately.' },
  NO_LIVE_SESSION: { kind: 'wrong-credential', status: 401, blame: 'caller', text: 'There is no active Session.' },
  HASH_MISMATCH: { kind: 'wrong-credential', status: 401, blame: 'caller', text: 'The caller is not where the Session was authorised.' },
  HANDSHAKE_EXISTS: { kind: 'conflict', status: 409, blame: 'caller', text: 'handshake already exists' },
  HANDSHAKE_INVALID: { kind: 'not-found', status: 404, blame: 'caller', text: 'handshake invalid' },
  HANDSHAKE_EXPIRED: { kind: 'gone', status: 410, blame: 'caller', text: 'handshake expired' },
  // accounts
  SUBSCRIPTION_LAPSED: { kind: 'not-allowed', status: 403, blame: 'caller', text: 'The subscription has lapsed.' },
  TELEGRAM_SIGNATURE: { kind: 'wrong-credential', status: 401, blame: 'caller', text: 'The Telegram sign-in is not signed for this bot.' },
  TELEGRAM_STALE: { kind: 'wrong-credential', status: 401, blame: 'caller', text: 'The Telegram sign-in is too old or was used before.' },
  TELEGRAM_TAKEN: { kind: 'conflict', status: 409, blame: 'caller', text: 'This Telegram account belongs to another user.' },
  SIGN_IN_FAILED: { kind: 'wrong-credential', status: 401, blame: 'caller', text: 'The e-mail, the password or the code is wrong.' },
  TWO_STEP_REQUIRED: { kind: 'not-allowed', status: 403, blame: 'caller', text: 'This needs a sign-in that passed two-step.' },
  CODE_INVALID: { kind: 'bad-parameter', status: 400, blame: 'caller', text: 'The code is wrong, was used, or has run out.' },
  // hotspot
  SITE_METHOD_OFF: { kind: 'not-allowed', status: 403, blame: 'operator', text: 'This method is not open to this caller.' },
  USERNAME_TAKEN: { kind: 'conflict', status: 409, blame: 'caller', text: 'Username already exists' },
  USERNAME_UNKNOWN: { kind: 'not-found', status: 404, blame: 'caller', text: "Username doesn't exist" },
  USERNAME_MISSING: { kind: 'bad-parameter', status: 400, blame: 'caller', text: 'No username set' },
  SIGN_IN_METHOD_OFF: { kind: 'not-allowed', status: 403, blame: 'operator', text: 'The site does not offer this way of signing in.' },
} as const satisfies Record<string, FaultEntry>;

/** The stable code of a fault. */
export type FaultCode = keyof typeof FAULTS;

/** All codes, in the order of the catalogue. */
export const FAULT_CODES = Object.keys(FAULTS) as readonly FaultCode[];

/** Whether `code` names a fault of the catalogue. */
export function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === 'string' && Object.hasOwn(FAULTS, code);
}
