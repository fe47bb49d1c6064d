import type { Database } from '@gatehouse/db';
import { endpoint } from '@gatehouse/http';
import Joi from 'joi';
import { okReply, okSchema, plainOrNull, plainTimeSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

/** `GET /api/auth/session.json`: what the caller came with and when it ends; an API key has no end. */
export function getSession(members: Members) {
  return endpoint<Member, object, object, object, Database>({
    name: 'auth/session',
    method: 'GET',
    path: '/api/auth/session.json',
    summary: 'What the caller is signed in with, and until when.',
    admit: members.either,
    query: Joi.object<object>({}),
    replies: { 200: okSchema({ expires: plainTimeSchema().allow(null), via: Joi.string().valid('session', 'apikey') }) },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED'],
    async handle({ principal }) {
      const via = principal.kind === 'session' ? 'session' : 'apikey';
      return okReply({ expires: plainOrNull(principal.subject.sessionExpiresAt), via });
    },
  });
}
