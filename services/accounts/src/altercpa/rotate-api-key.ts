import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { endpoint } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { rotateCredential } from '../credentials/index.ts';
import { okReply, okSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

/** `POST /api/profile/apikey.json`: a new API key; no process takes the old one once the reply is out. */
export function rotateApiKey({ versions }: Pick<ServiceDeps, 'versions'>, members: Members) {
  return endpoint<Member, object, object, object, Database>({
    name: 'profile/apikey',
    method: 'POST',
    path: '/api/profile/apikey.json',
    summary: 'Replaces the API key; the old one stops at once.',
    admit: members.either,
    query: Joi.object<object>({}),
    body: Joi.object<object>({}).unknown(),
    replies: { 200: okSchema({ key: Joi.string().pattern(/^\d+-[0-9a-f]{40}$/) }) },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED', 'BAD_BODY'],
    async handle({ principal, db, now, afterCommit }) {
      const { secret } = await rotateCredential(db, { userId: principal.id, kind: 'altercpa', now });
      afterCommit(() => versions.touch([versionOf.user(principal.id)]));
      return okReply({ key: secret });
    },
  });
}
