import { ok } from '@gatehouse/http';
import { nativeEndpoint } from '../native-endpoint.ts';
import { getUser } from '../users/index.ts';
import type { PeopleContext } from './people-context.ts';
import { profileBodySchema, toProfileBody } from './profile-body.ts';

/** `GET me`. */
export const getMe = ({ signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'getMyProfile',
    method: 'GET',
    path: '/accounts/v1/me',
    summary: 'Your profile',
    admit: signedIn,
    replies: { 200: profileBodySchema },
    faults: [],
    async handle({ db, principal, now }) {
      return ok(toProfileBody(await getUser(db, principal.id), principal, now));
    },
  });
