import { Fault } from '@gatehouse/faults';
import passport from 'passport';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { type CredentialRequest, type CredentialStyle, EXTRACTORS } from './extract-credential.ts';
import type { Principal } from './principal.ts';

/** Finds whom a token belongs to; null when nobody. What it throws (`DATABASE_DOWN`) is what the request ends with. */
export type PrincipalLookup<P extends Principal> = (token: string) => Promise<P | null>;

/** How an attempt to authenticate ended. */
export type AuthOutcome<P extends Principal> =
  | { readonly principal: P; readonly fault: null }
  /** `NO_CREDENTIAL`: nothing was sent where the document says. `BAD_CREDENTIAL`: malformed, unknown, revoked. */
  | { readonly principal: null; readonly fault: Fault };

/** Turns the credential of a request into a principal. */
export interface Authenticator<P extends Principal> {
  readonly style: CredentialStyle;
  /** For endpoints that may be called without a credential or count wrong ones. @throws what the look-up throws */
  attempt(request: CredentialRequest): Promise<AuthOutcome<P>>;
  /** @throws Fault NO_CREDENTIAL or BAD_CREDENTIAL, and what the look-up throws */
  authenticate(request: CredentialRequest): Promise<P>;
}

/** Styles whose 401 tells how to come back (RFC 9110 §11.6.1); the others do not use the header. */
const CHALLENGED: ReadonlySet<CredentialStyle> = new Set(['keys', 'phpstrap', 'bearer']);
const REALM = 'gatehouse';

/**
 * An authenticator for one documented credential style, on passport: `passport-http-bearer` where the style is plain Bearer,
 * a strategy of our own where the document says otherwise.
 * @example
 * const callers = createAuthenticator({ style: 'phpstrap', lookup: (token) => tokens.get(hashToken(token)) });
 * const user = await callers.authenticate(request);
 */
export function createAuthenticator<P extends Principal>(options: {
  readonly style: CredentialStyle;
  readonly lookup: PrincipalLookup<P>;
}): Authenticator<P> {
  const { style, lookup } = options;
  const passportOfStyle = new passport.Passport();
  // By name, never as an object handed to authenticate(): passport writes success() and fail() of the request on the
  // strategy, and only makes a copy of its own for each request when it finds the strategy by name.
  passportOfStyle.use(style, style === 'bearer' ? bearerStrategy(lookup) : credentialStrategy(style, lookup));

  const attempt = (request: CredentialRequest): Promise<AuthOutcome<P>> =>
    new Promise((resolve, reject) => {
      // The custom callback: without one passport answers a plain `Unauthorized` by itself.
      const settle = (error: unknown, principal: P | false | null, challenge?: unknown, status?: number): void => {
        if (error) reject(error);
        else resolve(principal ? { principal, fault: null } : { principal: null, fault: refusal(style, challenge, status) });
      };
      const run: PassportHandler = passportOfStyle.authenticate(style, { session: false }, settle);
      run(requestFor(style, request), undefined, reject);
    });

  return {
    style,
    attempt,
    authenticate: async (request) => {
      const outcome = await attempt(request);
      if (outcome.principal === null) throw outcome.fault;
      return outcome.principal;
    },
  };
}

type PassportHandler = (request: CredentialRequest, response: undefined, next: (error: unknown) => void) => void;

/**
 * What passport gets to see: a request of its own, since it hangs `logIn`, `isAuthenticated` and more on it. For plain
 * Bearer it holds the header alone, since passport-http-bearer takes `access_token` from query and body too, which no
 * document of ours knows; and no header at all that was sent twice, of which it would take the first.
 */
function requestFor(style: CredentialStyle, request: CredentialRequest): CredentialRequest {
  const { method, headers, rawHeaders = [], query, body } = request;
  if (style !== 'bearer') return { method, headers, rawHeaders, query, body };
  const isMalformed = EXTRACTORS.bearer(request).found === 'malformed';
  return { method, headers: { authorization: isMalformed ? MALFORMED : headers.authorization }, query: {} };
}

/** Three words: passport-http-bearer answers 400 to what is not `scheme token`. */
const MALFORMED = 'not a token';

/** passport-http-bearer, its verify fed by a promise: an async verify that throws would end the process. */
function bearerStrategy<P extends Principal>(lookup: PrincipalLookup<P>): passport.Strategy {
  return new BearerStrategy({ realm: REALM }, (token: string, done: (error: unknown, principal?: P | false) => void) => {
    settleLookup(lookup, token, (principal) => done(null, principal ?? false), done);
  });
}

/** The strategy for every style that is not plain Bearer: where the credential stands is the extractor's business. */
function credentialStrategy<P extends Principal>(style: CredentialStyle, lookup: PrincipalLookup<P>): passport.Strategy {
  const extract = EXTRACTORS[style];
  return {
    name: style,
    authenticate(this: passport.StrategyCreated<passport.Strategy>, request: CredentialRequest): void {
      const extracted = extract(request);
      if (extracted.found !== 'token') {
        this.fail({ message: extracted.found === 'none' ? 'NO_CREDENTIAL' : extracted.reason });
        return;
      }
      settleLookup(
        lookup,
        extracted.token,
        (principal) => (principal === null ? this.fail({ message: 'unknown' }) : this.success(principal)),
        (error) => this.error(error),
      );
    },
  };
}

function settleLookup<P extends Principal>(
  lookup: PrincipalLookup<P>,
  token: string,
  succeed: (principal: P | null) => void,
  fail: (error: unknown) => void,
): void {
  // Promise.try of a kind: a look-up that throws before its first await must fail the request, not the process.
  new Promise<P | null>((resolve) => resolve(lookup(token))).then(succeed, (error: unknown) =>
    fail(error ?? new Error('the look-up failed without a reason')),
  );
}

/** What a strategy's `fail` means. Only ours give objects; passport-http-bearer gives its challenge, or 400 for malformed. */
function refusal(style: CredentialStyle, challenge: unknown, status: number | undefined): Fault {
  const isNothingSent = typeof challenge === 'string' ? !challenge.includes('error=') : messageOf(challenge) === 'NO_CREDENTIAL';
  const code = isNothingSent && status !== 400 ? 'NO_CREDENTIAL' : 'BAD_CREDENTIAL';
  const error = code === 'BAD_CREDENTIAL' ? ', error="invalid_token"' : '';
  const headers = CHALLENGED.has(style) ? { headers: { 'www-authenticate': `Bearer realm="${REALM}"${error}` } } : {};
  return new Fault(code, { internal: `${style}: ${messageOf(challenge) ?? code}`, ...headers });
}

function messageOf(challenge: unknown): string | undefined {
  if (typeof challenge !== 'object' || challenge === null || !('message' in challenge)) return undefined;
  return typeof challenge.message === 'string' ? challenge.message : undefined;
}
