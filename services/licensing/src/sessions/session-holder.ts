import { createAuthenticator, hashToken, type Principal } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import type { Admit } from '@gatehouse/http';
import { credentialOf, type ServiceDeps } from '@gatehouse/service';
import { findSession, type SessionRecord } from './session-repository.ts';

/** A program that shows the token of a Session. */
export type SessionHolder = Principal<SessionRecord>;

/**
 * Admits the token of a Session, of one that has ended too: a retry with an Idempotency-Key is to get its first answer again.
 * What needs a live Session calls {@link requireLive}.
 */
export function admitSession({ db, clock }: ServiceDeps): Admit<SessionHolder> {
  const authenticator = createAuthenticator<SessionHolder>({
    style: 'keys',
    async lookup(token) {
      const session = await findSession(db, hashToken(token), clock());
      return session === null ? null : toHolder(session);
    },
  });
  return {
    scheme: 'session token',
    async check(request) {
      const holder = await authenticator.authenticate(credentialOf(request));
      request.notes.ownerId = holder.subject.ownerId;
      return holder;
    },
  };
}

function toHolder(session: SessionRecord): SessionHolder {
  return { kind: 'session', id: session.id, scopes: [], credentialId: null, via: 'key-session', subject: session };
}

/**
 * The Session of the path, live.
 * @throws Fault NOT_FOUND (another's), BAD_CREDENTIAL (it has ended, and its token with it)
 */
export function requireLive({ subject: session }: SessionHolder, id: number, now: Date): SessionRecord {
  if (session.id !== id) throw new Fault('NOT_FOUND', { detail: 'Session not found' });
  if (session.endedAt !== null || session.expiresAt <= now) throw new Fault('BAD_CREDENTIAL', { detail: 'The Session has ended.' });
  return session;
}
