import type { Principal } from '@gatehouse/auth';
import type { Admit } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import type { Mail } from '../mail/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { LiveSession } from '../user-sessions/index.ts';

/** What the endpoints for people are made of. */
export interface PeopleContext {
  readonly deps: ServiceDeps;
  readonly passwords: Passwords;
  readonly mail: Mail;
  /** People who are signed in. `id` is the user's, `credentialId` the session's. */
  readonly signedIn: Admit<SessionPrincipal>;
  readonly anyone: Admit<null>;
}

/** A person who is signed in. */
export type SessionPrincipal = Principal<LiveSession> & { readonly credentialId: number };
