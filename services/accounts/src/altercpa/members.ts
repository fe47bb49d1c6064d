import { createAuthenticator, createCredentialCache, hashToken, type Principal, versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import type { Admit, ServiceRequest } from '@gatehouse/http';
import { credentialOf, type ServiceDeps } from '@gatehouse/service';
import { isLapsed } from '../membership/lapse-timeline.ts';
import { useSession } from '../user-sessions/index.ts';
import { findKeyHolder, type Holder, sessionHolder } from './holder-repository.ts';

/** A user who calls with an API key or a session. */
export type Member = Principal<Holder>;

/** Who calls altercpa. */
export interface Members {
  /** An API key or a session. */
  readonly either: Admit<Member>;
  /** A session; an API key is refused (→ `key`). */
  readonly session: Admit<Member>;
  /** A session or nothing at all; what is sent must be good. */
  readonly sessionOrNone: Admit<Member | null>;
}

/** What looks like this can be an API key; session tokens never do. */
const API_KEY = /^\d{1,10}-[0-9a-f]{40}$/;

/**
 * Makes the one {@link Members} of a service: API keys are remembered in it. Sessions are asked for in the database each time,
 * by the statement that slides them.
 */
export function createMembers({ db, versions, settings, activity, clock }: ServiceDeps): Members {
  const keys = createCredentialCache<Member>({
    versions,
    lookup: (hash) => findKeyHolder(db, hash),
    namesOf: ({ id }) => [versionOf.user(id)],
  });
  const authenticator = createAuthenticator<Member>({
    style: 'altercpa',
    lookup: (token) => (API_KEY.test(token) ? keys.get(hashToken(token)) : findBySession(token)),
  });

  async function findBySession(token: string): Promise<Member | null> {
    const { sessionHours } = await settings();
    const session = await useSession(db, token, clock(), sessionHours);
    return session === null ? null : sessionHolder(session);
  }

  /** suspended → `ban`, lapsed → `unpaid` (altercpa.md, order of checks). */
  function requireLive(member: Member, request: ServiceRequest): void {
    request.notes.principal = `user:${member.id}`;
    const { subject } = member;
    if (subject.banned) throw new Fault('ACCOUNT_BANNED');
    if (!subject.isActive) throw new Fault('ACCOUNT_INACTIVE');
    if (isLapsed(subject, member.kind === 'session' ? 'session' : 'api-key', request.now)) throw new Fault('SUBSCRIPTION_LAPSED');
    activity.note(member.id, member.credentialId, request.now);
  }

  async function admit(request: ServiceRequest): Promise<Member> {
    const member = await authenticator.authenticate(credentialOf(request));
    requireLive(member, request);
    return member;
  }

  async function admitSession(request: ServiceRequest): Promise<Member> {
    const member = await admit(request);
    if (member.kind !== 'session') throw new Fault('NOT_ALLOWED');
    return member;
  }

  async function admitSessionOrNone(request: ServiceRequest): Promise<Member | null> {
    const { principal, fault } = await authenticator.attempt(credentialOf(request));
    if (principal === null) {
      if (fault.code === 'NO_CREDENTIAL') return null;
      throw fault;
    }
    requireLive(principal, request);
    if (principal.kind !== 'session') throw new Fault('NOT_ALLOWED');
    return principal;
  }

  return {
    either: { scheme: 'altercpa', check: admit },
    session: { scheme: 'altercpa', check: admitSession },
    sessionOrNone: { scheme: 'none', check: admitSessionOrNone },
  };
}
