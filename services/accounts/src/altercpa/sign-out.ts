import { EXTRACTORS, versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { endpoint } from '@gatehouse/http';
import { credentialOf, type ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { endSession } from '../user-sessions/index.ts';
import { okReply, okSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

/** `POST /api/auth/logout.json`: ends the session whose token was sent. */
export function signOut({ versions }: Pick<ServiceDeps, 'versions'>, members: Members) {
  return endpoint<Member, object, object, object, Database>({
    name: 'auth/logout',
    method: 'POST',
    path: '/api/auth/logout.json',
    summary: 'Ends the session.',
    admit: members.session,
    query: Joi.object<object>({}),
    body: Joi.object<object>({}).unknown(),
    replies: { 200: okSchema({}) },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'NOT_ALLOWED', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED', 'BAD_BODY'],
    async handle({ principal, request, db, now, afterCommit }) {
      const sent = EXTRACTORS.altercpa(credentialOf(request));
      if (sent.found === 'token') await endSession(db, { token: sent.token, now });
      afterCommit(() => versions.touch([versionOf.user(principal.id)]));
      return okReply({});
    },
  });
}
