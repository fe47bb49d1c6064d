import { Fault } from '@gatehouse/faults';

/** What kind of caller a credential stands for. */
export type PrincipalKind = 'user' | 'member' | 'site' | 'operator' | 'session';

/**
 * Who is calling, whatever credential was sent. Services meet it in every endpoint; what a service looked up on the way
 * (plan, membership, tenant) travels in `subject`, so that the endpoint needs no second query.
 *
 * - `user`: an API token of a user · `session`: a user who signed in · `member`: the holder of a licence key
 * - `site`: a venue's key · `operator`: the admin token, or an administrator's session (`via` tells which)
 */
export interface Principal<S = unknown> {
  readonly kind: PrincipalKind;
  /** Id of the user, member or site; 0 for the admin token, which belongs to nobody. */
  readonly id: number;
  /** What the credential may do: `rest-api:read`, `rest-api:*`. See {@link hasScope}. */
  readonly scopes: readonly string[];
  /** Row of the credential, for the audit and for `last used`; null where there is no row. */
  readonly credentialId: number | null;
  /** The way in: `phpstrap`, `altercpa`, `rest-api`, `web-api`, `site-key`, `admin-token`, `user-session`, … */
  readonly via: string;
  /** What a session was made with: `password`, `totp`, `recovery-code`, `telegram`. Absent on anything else. */
  readonly factors?: readonly string[];
  /** What the service's look-up returned. Shared by all requests of the credential while it is cached: never change it. */
  readonly subject: S;
}

/**
 * Whether the principal may do `scope` (`area:action`). `area:*` covers every action of the area.
 * @example hasScope(principal, 'rest-api:read')
 */
export function hasScope({ scopes }: Pick<Principal, 'scopes'>, scope: string): boolean {
  return scopes.includes(scope) || scopes.includes(`${scope.slice(0, scope.indexOf(':') + 1)}*`);
}

/** @throws Fault NOT_ALLOWED when the principal does not have `scope` */
export function requireScope(principal: Pick<Principal, 'scopes'>, scope: string): void {
  if (!hasScope(principal, scope)) throw new Fault('NOT_ALLOWED', { internal: `scope ${scope} is missing` });
}
