import { versionOf } from '@gatehouse/auth';
import { noContent } from '@gatehouse/http';
import { nativeEndpoint } from '../native-endpoint.ts';
import { endSession } from '../user-sessions/index.ts';
import type { PeopleContext } from './people-context.ts';

/** `POST sign-out`: ends the session that it is called with. */
export const signOut = ({ deps, signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'signOut',
    method: 'POST',
    path: '/accounts/v1/sign-out',
    summary: 'End this session',
    admit: signedIn,
    replies: { 204: null },
    faults: [],
    async handle({ db, principal, now, afterCommit }) {
      await endSession(db, { id: principal.credentialId, now });
      afterCommit(() => deps.versions.touch([versionOf.user(principal.id)]));
      return noContent();
    },
  });
