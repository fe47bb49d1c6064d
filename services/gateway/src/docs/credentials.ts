import type { FaultCode } from '@gatehouse/faults';

/** How a credential is told in OpenAPI, and what asking for it can end in. */
export interface CredentialDoc {
  /** Security schemes by name; any one of them does. */
  readonly schemes: Readonly<Record<string, object>>;
  readonly faults: readonly FaultCode[];
  /** The parameter that it stands in, where it may stand in a body too. */
  readonly bodyParameter?: string;
}

const EVERY: readonly FaultCode[] = ['NO_CREDENTIAL', 'BAD_CREDENTIAL'];
const ACCOUNT: readonly FaultCode[] = ['ACCOUNT_INACTIVE', 'ACCOUNT_BANNED'];

/** Every credential of our APIs, by the name that endpoints have for it (`Admit.scheme`). */
const CREDENTIALS: Readonly<Record<string, CredentialDoc>> = {
  none: { schemes: {}, faults: [] },
  operator: {
    schemes: {
      operator: bearer("The operator's token, or the session token of an administrator whose sign-in passed two-step."),
    },
    faults: [...EVERY, 'NOT_ALLOWED', 'TWO_STEP_REQUIRED'],
  },
  session: { schemes: { session: bearer('The token that sign-in answers.') }, faults: [...EVERY, ...ACCOUNT] },
  'site-key': { schemes: { siteKey: bearer("One of the site's API keys.") }, faults: [...EVERY, 'TOO_MANY_REQUESTS'] },
  'rest-api key': {
    schemes: {
      apiKey: bearer('An API key of scope `rest-api:*`. The bare key without `Bearer` is taken too.'),
    },
    faults: [...EVERY, 'NOT_ALLOWED', ...ACCOUNT],
  },
  'session token': { schemes: { licenceSession: bearer('The token that `POST /sessions` answers.') }, faults: EVERY },
  phpstrap: {
    schemes: { token: bearer('The token of a user, `psk_…`.'), tokenInQuery: inQuery('api_key', 'The token of a user, `psk_…`.') },
    faults: [...EVERY, ...ACCOUNT, 'API_DISABLED', 'TOO_MANY_REQUESTS', 'NOT_ALLOWED'],
  },
  altercpa: {
    schemes: {
      apiKey: bearer('An API key, `42-…`, or a session token.'),
      apiKeyInQuery: inQuery('id', 'An API key, `42-…`.'),
    },
    faults: [...EVERY, ...ACCOUNT, 'SUBSCRIPTION_LAPSED', 'NOT_ALLOWED'],
  },
  'api-key': {
    schemes: { apiKey: inQuery('api-key', "The site's API key. On POST it stands in the body instead.") },
    faults: [...EVERY, 'TOO_MANY_REQUESTS'],
    bodyParameter: 'api-key',
  },
  'licence key': {
    schemes: { licenceKey: inQuery('key', "The member's licence key. On POST it may stand in the body instead.") },
    faults: [...EVERY, 'NOT_ALLOWED'],
    bodyParameter: 'key',
  },
};

/**
 * Finds what documentation says of a credential.
 * @throws Error when a service names one that is not known here
 */
export function findCredential(scheme: string): CredentialDoc {
  const found = CREDENTIALS[scheme];
  if (found === undefined) throw new Error(`The documentation knows no credential by the name of ${scheme}.`);
  return found;
}

function bearer(description: string): object {
  return { type: 'http', scheme: 'bearer', description };
}

function inQuery(name: string, description: string): object {
  return { type: 'apiKey', in: 'query', name, description };
}
