/** The parts of a request that a credential can stand in; an Express request is one. */
export interface CredentialRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values in turn, as Node gives them: `headers` does not show an Authorization header sent twice. */
  readonly rawHeaders?: readonly string[];
  readonly query: unknown;
  /** The parsed body, if there is one. */
  readonly body?: unknown;
}

/** What was found where the document says a credential stands. */
export type Extracted =
  | { readonly found: 'token'; readonly token: string }
  /** Nothing was sent. An empty value counts as nothing. */
  | { readonly found: 'none' }
  /** Something was sent that cannot be a credential: given twice, not a text, too long, another scheme. Never holds the value. */
  | { readonly found: 'malformed'; readonly reason: string };

/** Finds the credential of one documented style. Pure; never throws. */
export type Extractor = (request: CredentialRequest) => Extracted;

/** Nothing that we hand out is nearly as long; what is longer is not worth hashing. */
const LONGEST_TOKEN = 512;
const NONE: Extracted = { found: 'none' };

/** The credential styles, by name. `bearer` is our own APIs': admin token, session token, site key. */
export const EXTRACTORS = {
  /** web-api.md: `key`, in the query or the body; the query wins. */
  'web-api': (request) => firstFound(parameter(request.query, 'key'), () => parameter(request.body, 'key')),
  /** keys.md: `Authorization: Bearer KEY`, or the bare key. */
  keys: (request) => authorization(request, 'bare'),
  /** phpstrap.md: Bearer, which wins, or `?api_key=`. */
  phpstrap: (request) => firstFound(authorization(request, 'optional'), () => parameter(request.query, 'api_key')),
  /** altercpa.md: Bearer, which wins, or `?id={user_id}-{secret}`; any other `?id=` is a parameter of the resource. */
  altercpa: (request) => firstFound(authorization(request, 'optional'), () => altercpaId(request.query)),
  /** hotspot.md: `api-key`, in the body on POST, in the query on GET, nowhere else. */
  hotspot: (request) => {
    if (request.method === 'POST') return parameter(request.body, 'api-key');
    return request.method === 'GET' || request.method === 'HEAD' ? parameter(request.query, 'api-key') : NONE;
  },
  /** native.md: `Authorization: Bearer` and nothing else. */
  bearer: (request) => authorization(request, 'only'),
} as const satisfies Record<string, Extractor>;

/** The name of a credential style. */
export type CredentialStyle = keyof typeof EXTRACTORS;

function firstFound(first: Extracted, second: () => Extracted): Extracted {
  return first.found === 'none' ? second() : first;
}

/**
 * Reads the Authorization header (RFC 6750).
 * @param form `bare`: a value without a scheme is a token too; `optional`: another scheme is as good as no header,
 *   since the credential may stand elsewhere; `only`: another scheme is malformed
 */
function authorization({ headers, rawHeaders }: CredentialRequest, form: 'bare' | 'optional' | 'only'): Extracted {
  const header = headers.authorization;
  if (header === undefined || header === '') return NONE;
  if (typeof header !== 'string' || isSentTwice(rawHeaders)) return malformed('Authorization was sent more than once');
  const [scheme = '', ...rest] = header.split(' ');
  if (/^bearer$/i.test(scheme)) return token(rest.join(' ').trim(), 'Authorization');
  if (form === 'optional') return NONE;
  return form === 'bare' ? token(header, 'Authorization') : malformed('Authorization is not of the Bearer scheme');
}

function isSentTwice(rawHeaders: readonly string[] | undefined): boolean {
  let count = 0;
  for (let index = 0; index < (rawHeaders?.length ?? 0); index += 2) {
    const name = rawHeaders?.[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1;
}

function parameter(source: unknown, name: string): Extracted {
  const value = memberOf(source, name);
  if (value === undefined || value === null || value === '') return NONE;
  if (typeof value !== 'string') return malformed(`${name} is not a single text`);
  return token(value, name);
}

function altercpaId(query: unknown): Extracted {
  const id = memberOf(query, 'id');
  const looksLikeKey = (value: unknown): boolean => typeof value === 'string' && /^\d+-/.test(value);
  if (typeof id === 'string') return looksLikeKey(id) ? token(id, 'id') : NONE;
  return Array.isArray(id) && id.some(looksLikeKey) ? malformed('id is not a single text') : NONE;
}

/** An own member only: `constructor` and its like are not parameters. */
function memberOf(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return undefined;
  return Reflect.get(source, name);
}

function token(value: string, place: string): Extracted {
  if (value === '') return NONE;
  if (value.length > LONGEST_TOKEN) return malformed(`${place} is too long`);
  return /^[\x21-\x2b\x2d-\x7e]+$/.test(value)
    ? { found: 'token', token: value }
    : malformed(`${place} holds characters that no credential has`);
}

function malformed(reason: string): Extracted {
  return { found: 'malformed', reason };
}
