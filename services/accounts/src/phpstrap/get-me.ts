import type { Database } from '@gatehouse/db';
import { endpoint, formatIsoOffset, formatPlainUtc, ok } from '@gatehouse/http';
import type { LimitState } from '@gatehouse/limits';
import Joi from 'joi';
import type { Account } from './account.ts';
import type { Caller, Callers } from './callers.ts';
import {
  isoTimeSchema,
  membershipBody,
  membershipSchema,
  metaBody,
  metaSchema,
  nullableText,
  plainOrNull,
  plainTimeSchema,
  reply,
} from './phpstrap-formats.ts';

/** `GET /api/v1/me.php`: the caller's profile, membership and use of the API. Answered without a query while nothing changes. */
export function getMe(callers: Callers) {
  return endpoint<Caller, object, object, object, Database>({
    name: 'getMe',
    method: 'GET',
    path: '/api/v1/me.php',
    summary: "The caller's profile, membership and API usage.",
    admit: callers.holder,
    query: Joi.object<object>({}),
    replies: { 200: reply({ success: Joi.valid(true), data: meSchema(), meta: metaSchema() }) },
    faults: ['API_DISABLED', 'NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_INACTIVE', 'ACCOUNT_BANNED', 'TOO_MANY_REQUESTS'],
    async handle({ principal, now }) {
      const { account, limit } = principal.subject;
      return ok({ success: true, data: meBody(principal.id, account, limit, now), meta: metaBody(now) });
    },
  });
}

/** The members in the document's order. */
function meBody(id: number, account: Account, limit: LimitState, now: Date) {
  return {
    id,
    name: account.name,
    email: account.email,
    company: account.company,
    phone: account.phone,
    membership: membershipBody(account, now),
    credits: account.credits,
    timezone: account.timezone,
    language: account.language,
    avatar: account.avatar,
    bio: account.bio,
    website: account.website,
    verified: account.verifiedAt !== null,
    verified_at: plainOrNull(account.verifiedAt),
    member_since: formatPlainUtc(account.createdAt),
    api: {
      plan: account.plan.name,
      usage: limit.used,
      limit: limit.limit,
      remaining: limit.remaining,
      reset_at: formatIsoOffset(wholeSecond(limit.resetAt)),
    },
  };
}

/** Rounded up, as X-RateLimit-Reset is: both name the same second. */
function wholeSecond(date: Date): Date {
  return new Date(Math.ceil(date.getTime() / 1000) * 1000);
}

function meSchema(): Joi.ObjectSchema {
  return reply({
    id: Joi.number().integer(),
    name: Joi.string(),
    email: nullableText(),
    company: nullableText(),
    phone: nullableText(),
    membership: membershipSchema(),
    credits: Joi.number(),
    timezone: Joi.string(),
    language: Joi.string(),
    avatar: nullableText(),
    bio: nullableText(),
    website: nullableText(),
    verified: Joi.boolean(),
    verified_at: plainTimeSchema().allow(null),
    member_since: plainTimeSchema(),
    api: reply({
      plan: Joi.string(),
      usage: Joi.number().integer(),
      limit: Joi.number().integer(),
      remaining: Joi.number().integer(),
      reset_at: isoTimeSchema(),
    }),
  });
}
