import { createAuthenticator, createCredentialCache, hashToken, type Principal, versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { type Admit, keepWithRequest, type ServiceRequest } from '@gatehouse/http';
import { type LimitPolicy, type LimitState, PHPSTRAP_ADDRESS_POLICY, rateLimitHeaders } from '@gatehouse/limits';
import { credentialOf, type ServiceDeps, type Settings } from '@gatehouse/service';
import { type Account, planPolicy, type TokenHolder } from './account.ts';
import { findTokenHolder } from './account-repository.ts';
import { settleLimit, type Taken } from './settle-limit.ts';

/** A token's holder at one call: the account and what the call took from its limit. */
export type Caller = Principal<{ readonly account: Account; readonly limit: LimitState }>;

/** Who calls phpstrap, and the figures that go on every reply. */
export interface Callers {
  /** Lets in the holder of a token, in the order of checks of phpstrap.md. */
  readonly holder: Admit<Caller>;
  /** Lets in those whose plan may list users. */
  readonly reseller: Admit<Caller>;
  /** Lets in everyone while the API is on, and tells whose token was sent; takes nothing from any limit. */
  readonly anyone: Admit<TokenHolder | null>;
  /** The rate-limit headers of a reply. Never fails. */
  figures(request: ServiceRequest): Promise<Record<string, string>>;
  /** The settings, read once a request. */
  settings(request: ServiceRequest): Promise<Settings>;
}

/** What is found out about a request on its way, for the headers of its reply. */
interface Findings {
  settings?: Promise<Settings>;
  limit?: LimitState;
}

/** Takes from a limit before it is known whether the token still stands, so that both share one round trip to Redis. */
interface Attempt {
  readonly holder: TokenHolder;
  readonly taken: Taken | null;
}

/** Makes the one {@link Callers} of a service: tokens are remembered in it. */
export function createCallers({ db, versions, limits, activity, settings: readSettings }: ServiceDeps): Callers {
  const findingsOf = keepWithRequest<Findings>(() => ({}));
  const tokens = createCredentialCache<TokenHolder>({
    versions,
    lookup: (hash) => findTokenHolder(db, hash),
    namesOf: ({ id }) => [versionOf.user(id), versionOf.plans],
  });
  const identifier = createAuthenticator<TokenHolder>({ style: 'phpstrap', lookup: (token) => tokens.get(hashToken(token)) });
  const taker = createAuthenticator<Principal<Attempt>>({ style: 'phpstrap', lookup: takeAndFind });
  let wasEnabled = true;

  async function takeAndFind(token: string): Promise<Principal<Attempt> | null> {
    const hash = hashToken(token);
    const guess = tokens.hint(hash);
    // Those who will be refused before the limit is asked take nothing from it.
    const takes = guess !== undefined && wasEnabled && isOpen(guess.subject);
    const policy = takes ? planPolicy(guess.subject.plan) : null;
    const taking = policy === null ? null : limits.consume(policy, String(guess?.id));
    const [holder, state] = await Promise.all([tokens.get(hash), taking]);
    const taken = policy === null || state === null ? null : { policy, state };
    if (holder !== null && isOpen(holder.subject)) return { ...holder, subject: { holder, taken } };
    // The guess was out of date: the token was revoked or the account switched off a moment ago.
    await giveBack(guess?.id, taken);
    return holder && { ...holder, subject: { holder, taken: null } };
  }

  async function giveBack(userId: number | undefined, taken: Taken | null): Promise<void> {
    if (taken?.state.allowed) await limits.refund(taken.policy, String(userId));
  }

  function settings(request: ServiceRequest): Promise<Settings> {
    const found = findingsOf(request);
    found.settings ??= readSettings();
    return found.settings;
  }

  async function isEnabled(request: ServiceRequest): Promise<boolean> {
    const { phpstrapEnabled } = await settings(request);
    wasEnabled = phpstrapEnabled;
    return phpstrapEnabled;
  }

  /** A wrong or missing token costs its address. */
  async function refuseStranger(request: ServiceRequest, fault: Fault): Promise<never> {
    const limit = await limits.consume(PHPSTRAP_ADDRESS_POLICY, request.caller.network);
    findingsOf(request).limit = limit;
    throw limit.allowed ? fault : tooMany(limit);
  }

  async function admit(request: ServiceRequest): Promise<Caller> {
    const [enabled, outcome] = await Promise.all([isEnabled(request), taker.attempt(credentialOf(request))]);
    if (!enabled) {
      await giveBack(outcome.principal?.id, outcome.principal?.subject.taken ?? null);
      throw new Fault('API_DISABLED');
    }
    if (outcome.principal === null) return refuseStranger(request, outcome.fault);
    const { holder, taken } = outcome.principal.subject;
    request.notes.principal = `user:${holder.id}`;
    requireOpen(holder.subject);
    const policy: LimitPolicy = planPolicy(holder.subject.plan);
    const limit = await settleLimit(limits, policy, String(holder.id), taken);
    findingsOf(request).limit = limit;
    if (!limit.allowed) throw tooMany(limit);
    activity.note(holder.id, holder.credentialId, request.now);
    return { ...holder, subject: { account: holder.subject, limit } };
  }

  async function admitReseller(request: ServiceRequest): Promise<Caller> {
    const caller = await admit(request);
    if (!caller.subject.account.plan.canListUsers) throw new Fault('NOT_ALLOWED');
    return caller;
  }

  async function identify(request: ServiceRequest): Promise<TokenHolder | null> {
    const { principal } = await identifier.attempt(credentialOf(request));
    return principal;
  }

  async function admitAnyone(request: ServiceRequest): Promise<TokenHolder | null> {
    const [enabled, holder] = await Promise.all([isEnabled(request), identify(request)]);
    if (!enabled) throw new Fault('API_DISABLED');
    return holder !== null && isOpen(holder.subject) ? holder : null;
  }

  /** What a request without any effect on limits would be shown: its token's figures, else its address's. */
  async function peek(request: ServiceRequest): Promise<LimitState> {
    const holder = await identify(request).catch(() => null);
    if (holder === null) return limits.peek(PHPSTRAP_ADDRESS_POLICY, request.caller.network);
    return limits.peek(planPolicy(holder.subject.plan), String(holder.id));
  }

  return {
    holder: { scheme: 'phpstrap', check: admit },
    reseller: { scheme: 'phpstrap', check: admitReseller },
    anyone: { scheme: 'none', check: admitAnyone },
    figures: async (request) => rateLimitHeaders(findingsOf(request).limit ?? (await peek(request))),
    settings,
  };
}

function isOpen({ isActive, banned }: Account): boolean {
  return isActive && !banned;
}

function requireOpen({ isActive, banned }: Account): void {
  if (banned) throw new Fault('ACCOUNT_BANNED');
  if (!isActive) throw new Fault('ACCOUNT_INACTIVE');
}

function tooMany({ retryAfterSeconds }: LimitState): Fault {
  return new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds });
}
