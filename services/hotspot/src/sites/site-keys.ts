import {
  type Authenticator,
  createAuthenticator,
  createCredentialCache,
  EXTRACTORS,
  hashToken,
  type Principal,
  versionOf,
} from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import type { Admit, Fields, ServiceRequest } from '@gatehouse/http';
import type { DistinctState, LimitPolicy } from '@gatehouse/limits';
import { credentialOf, type ServiceDeps } from '@gatehouse/service';
import type { Site } from './site.ts';
import { findKeyedSite, markSiteKeyUsed } from './site-key-repository.ts';

/** A site that calls with one of its keys. */
export type SitePrincipal = Principal<Site>;

/** Tells which site a call comes from. */
export interface SiteKeys {
  /**
   * The voucher API: `api-key` in the body on POST, in the query on GET.
   * @param body the fields of the body, if the request has one
   * @throws Fault NO_CREDENTIAL, BAD_CREDENTIAL, TOO_MANY_REQUESTS
   */
  identify(request: ServiceRequest, body: Fields): Promise<SitePrincipal>;
  /** Our own API for a venue's portal and agent: the key as Bearer. */
  readonly admit: Admit<SitePrincipal>;
}

/** 20 different wrong keys from an address in 10 minutes, of whichever form (hotspot.md). */
const WRONG_KEYS: LimitPolicy = { name: 'site-wrong-keys', limit: 20, windowSeconds: 600 };
/** How often a key's use is written down at most. */
const USE_INTERVAL_MS = 60_000;

/** Makes the look-up of site keys: remembered in the process, and never longer than a change of the site or its keys. */
export function createSiteKeys(deps: ServiceDeps): SiteKeys {
  const { db, limits, versions } = deps;
  const cache = createCredentialCache<SitePrincipal>({
    versions,
    lookup: async (hash) => {
      const found = await findKeyedSite(db, hash);
      return found === null ? null : toPrincipal(found.keyId, found.site);
    },
    namesOf: ({ id }) => [versionOf.site(id)],
  });
  const lookup = (token: string) => cache.get(hashToken(token));
  const inBody = createAuthenticator<SitePrincipal>({ style: 'hotspot', lookup });
  const asBearer = createAuthenticator<SitePrincipal>({ style: 'bearer', lookup });
  const noteUse = createUseNotes(deps);

  async function authenticate(authenticator: Authenticator<SitePrincipal>, request: ServiceRequest, body: Fields): Promise<SitePrincipal> {
    const { network, undeclaredProxy } = request.caller;
    const credential = credentialOf(request, body);
    const extracted = EXTRACTORS[authenticator.style](credential);
    if (extracted.found !== 'token') return authenticator.authenticate(credential);
    const peeked = limits.peekDistinct(WRONG_KEYS, network);
    // A key that nobody here has seen lately is only looked up for who may still try: guesses beyond the limit cost no query.
    const isKnown = cache.hint(hashToken(extracted.token)) !== undefined;
    // Behind a proxy that nobody declared all callers are one: there only wrong keys are refused.
    if (!isKnown && !undeclaredProxy) refuseIfReached(await peeked);
    const [wrongKeys, { principal, fault }] = await Promise.all([peeked, authenticator.attempt(credential)]);
    if (!undeclaredProxy) refuseIfReached(wrongKeys);
    if (principal !== null && (request.slug === null || request.slug === principal.subject.slug)) {
      await noteUse(principal, request.now);
      return principal;
    }
    refuseIfReached(wrongKeys);
    await limits.countDistinct(WRONG_KEYS, network, extracted.token);
    throw fault ?? new Fault('BAD_CREDENTIAL', { internal: 'the key of another site than the cloud host names' });
  }

  return {
    identify: (request, body) => authenticate(inBody, request, body),
    admit: { scheme: 'site-key', check: (request) => authenticate(asBearer, request, {}) },
  };
}

function refuseIfReached({ reached, retryAfterSeconds }: DistinctState): void {
  if (reached) throw new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds, internal: 'too many different wrong site keys' });
}

function toPrincipal(keyId: number, site: Site): SitePrincipal {
  return { kind: 'site', id: site.id, scopes: ['site:*'], credentialId: keyId, via: 'site-key', subject: site };
}

/** Writes down when a key was used, once a minute for each key: who revokes old keys wants to know, and no more exactly. */
function createUseNotes({ db, log }: ServiceDeps): (principal: SitePrincipal, now: Date) => Promise<void> {
  const notedMs = new Map<number, number>();
  return async ({ credentialId }, now) => {
    if (credentialId === null || now.getTime() - (notedMs.get(credentialId) ?? Number.NEGATIVE_INFINITY) < USE_INTERVAL_MS) return;
    notedMs.set(credentialId, now.getTime());
    // A call must not fail because its use could not be noted.
    await markSiteKeyUsed(db, credentialId, now).catch((error: unknown) => log.warn({ err: error }, 'the use of a site key was not noted'));
  };
}
