import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { endpoint, formatPlainUtc, idSchema, MAX_ID, ok } from '@gatehouse/http';
import Joi from 'joi';
import type { EffectiveMembership } from '../membership/effective-membership.ts';
import type { Caller, Callers } from './callers.ts';
import {
  membershipBody,
  membershipSchema,
  metaBody,
  metaSchema,
  nullableText,
  plainOrNull,
  plainTimeSchema,
  reply,
} from './phpstrap-formats.ts';
import { createUserFinder } from './user-finder.ts';
import { findUser, type ListedUser } from './users-repository.ts';

/** What `users.php` takes; unknown parameters are ignored. */
interface UsersQuery {
  readonly id?: number;
  readonly email?: string;
  readonly status?: EffectiveMembership;
  readonly page: number;
  readonly per_page: number;
}

/** `GET /api/v1/users.php`: one user by `id`, or a page of those that the filters leave, by id. For plans that may list users. */
export function listUsers(callers: Callers) {
  const findUsers = createUserFinder();
  return endpoint<Caller, object, UsersQuery, object, Database>({
    name: 'listUsers',
    method: 'GET',
    path: '/api/v1/users.php',
    summary: 'One user by id, or a page of users. Needs a reseller plan.',
    admit: callers.reseller,
    query: Joi.object<UsersQuery>({
      id: idSchema(),
      email: Joi.string().max(320),
      status: Joi.string().valid('free', 'premium', 'lifetime'),
      page: Joi.number().integer().min(1).max(MAX_ID).default(1),
      per_page: Joi.number().integer().min(1).max(100).default(25),
    }),
    replies: { 200: replySchema() },
    faults: [
      'API_DISABLED',
      'NO_CREDENTIAL',
      'BAD_CREDENTIAL',
      'ACCOUNT_INACTIVE',
      'ACCOUNT_BANNED',
      'TOO_MANY_REQUESTS',
      'NOT_ALLOWED',
      'BAD_PARAMETER',
      'NOT_FOUND',
    ],
    async handle({ query, db, now }) {
      if (query.id !== undefined) {
        const user = await findUser(db, query.id);
        if (user === null) throw new Fault('NOT_FOUND');
        return ok({ success: true, data: userBody(user, now), meta: metaBody(now) });
      }
      const { email, status, page, per_page } = query;
      const { users, total } = await findUsers(db, { email, status, page, perPage: per_page, now });
      const pagination = { total, page, per_page, pages: Math.ceil(total / per_page) };
      return ok({ success: true, data: users.map((user) => userBody(user, now)), meta: { ...metaBody(now), pagination } });
    },
  });
}

/** The members in the document's order. */
function userBody(user: ListedUser, now: Date) {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    company: user.company,
    phone: user.phone,
    membership: membershipBody(user, now),
    credits: Number(user.credits),
    verified: user.verifiedAt !== null,
    is_active: user.isActive,
    timezone: user.timezone,
    language: user.language,
    created_at: formatPlainUtc(user.createdAt),
    last_login: plainOrNull(user.lastLoginAt),
  };
}

function replySchema(): Joi.AlternativesSchema {
  const pagination = reply({
    total: Joi.number().integer(),
    page: Joi.number().integer(),
    per_page: Joi.number().integer(),
    pages: Joi.number().integer(),
  });
  return Joi.alternatives(
    reply({ success: Joi.valid(true), data: userSchema(), meta: metaSchema() }),
    reply({ success: Joi.valid(true), data: Joi.array().items(userSchema()), meta: metaSchema({ pagination }) }),
  );
}

function userSchema(): Joi.ObjectSchema {
  return reply({
    id: Joi.number().integer(),
    name: Joi.string(),
    email: nullableText(),
    company: nullableText(),
    phone: nullableText(),
    membership: membershipSchema(),
    credits: Joi.number(),
    verified: Joi.boolean(),
    is_active: Joi.boolean(),
    timezone: Joi.string(),
    language: Joi.string(),
    created_at: plainTimeSchema(),
    last_login: plainTimeSchema().allow(null),
  });
}
