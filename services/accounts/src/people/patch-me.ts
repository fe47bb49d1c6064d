import { versionOf } from '@gatehouse/auth';
import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { languageSchema, lineSchema, nameSchema, timezoneSchema, type UserColumns, updateUser } from '../users/index.ts';
import type { PeopleContext } from './people-context.ts';
import { profileBodySchema, toProfileBody } from './profile-body.ts';

/** What people may change about themselves. Their names are those of the columns: nothing else gets through. */
type Body = Pick<UserColumns, 'name' | 'company' | 'phone' | 'avatar' | 'bio' | 'website' | 'timezone' | 'language'>;

const webAddress = Joi.string()
  .uri({ scheme: ['https', 'http'] })
  .max(500)
  .allow(null);

/** `PATCH me`. */
export const patchMe = ({ deps, signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'changeMyProfile',
    method: 'PATCH',
    path: '/accounts/v1/me',
    summary: 'Change your profile; members that are left out stay as they are',
    admit: signedIn,
    body: Joi.object<Body>({
      name: nameSchema(),
      company: lineSchema(),
      phone: lineSchema(50),
      avatar: webAddress,
      bio: lineSchema(2_000),
      website: webAddress,
      timezone: timezoneSchema(),
      language: languageSchema(),
    }),
    replies: { 200: profileBodySchema },
    faults: [],
    async handle({ db, principal, body, now, afterCommit }) {
      const user = await updateUser(db, principal.id, body, now);
      afterCommit(() => deps.versions.touch([versionOf.user(principal.id)]));
      return ok(toProfileBody(user, principal, now));
    },
  });
