import { createAuthenticator } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import type { Admit } from '@gatehouse/http';
import { credentialOf, type ServiceDeps } from '@gatehouse/service';
import { useSession } from '../user-sessions/index.ts';
import type { SessionPrincipal } from './people-context.ts';

/**
 * Admits people who are signed in, and moves the end of their session on. The database is asked each time, so that a session that
 * was ended, or whose user was banned, is refused by every process from then on.
 */
export function admitSession(deps: ServiceDeps): Admit<SessionPrincipal> {
  const authenticator = createAuthenticator({ style: 'bearer', lookup: (token) => findPrincipal(deps, token) });
  return { scheme: 'session', check: (request) => authenticator.authenticate(credentialOf(request)) };
}

/** For endpoints that anyone may call. */
export const admitAnyone: Admit<null> = { scheme: 'none', check: async () => null };

async function findPrincipal(deps: ServiceDeps, token: string): Promise<SessionPrincipal | null> {
  const now = deps.clock();
  const { sessionHours } = await deps.settings();
  const session = await useSession(deps.db, token, now, sessionHours);
  if (session === null) return null;
  if (session.isBanned) throw new Fault('ACCOUNT_BANNED');
  if (!session.isActive) throw new Fault('ACCOUNT_INACTIVE');
  deps.activity.note(session.userId, null, now);
  return {
    kind: 'session',
    id: session.userId,
    scopes: [],
    credentialId: session.id,
    via: 'user-session',
    factors: session.factors,
    subject: session,
  };
}
