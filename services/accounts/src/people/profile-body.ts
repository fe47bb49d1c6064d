import Joi from 'joi';
import { effectiveMembership } from '../membership/effective-membership.ts';
import { timeSchema, type UserRow } from '../users/index.ts';
import type { SessionPrincipal } from './people-context.ts';

/** A person as they see themselves. The membership is the one that holds now. */
export function toProfileBody(user: UserRow, { subject: session }: SessionPrincipal, now: Date) {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    company: user.company,
    phone: user.phone,
    avatar: user.avatar,
    bio: user.bio,
    website: user.website,
    timezone: user.timezone,
    language: user.language,
    membership: { status: effectiveMembership(user, now), expires_at: user.membershipExpiresAt },
    credits: user.credits.toNumber(),
    plan: user.planName,
    is_admin: user.isAdmin,
    verified: user.verifiedAt !== null,
    verified_at: user.verifiedAt,
    two_step: user.totpConfirmedAt !== null,
    last_login_at: user.lastLoginAt,
    created_at: user.createdAt,
    session: { factors: session.factors, expires_at: session.expiresAt },
  };
}

const line = Joi.string().allow(null).required();
const time = timeSchema().allow(null).required();

/** The schema of what {@link toProfileBody} gives. */
export const profileBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  email: line,
  name: Joi.string().required(),
  company: line,
  phone: line,
  avatar: line,
  bio: line,
  website: line,
  timezone: Joi.string().required(),
  language: Joi.string().required(),
  membership: Joi.object({ status: Joi.string().required(), expires_at: time }).required(),
  credits: Joi.number().required(),
  plan: Joi.string().required(),
  is_admin: Joi.boolean().required(),
  verified: Joi.boolean().required(),
  verified_at: time,
  two_step: Joi.boolean().required(),
  last_login_at: time,
  created_at: timeSchema().required(),
  session: Joi.object({ factors: Joi.array().items(Joi.string()).required(), expires_at: timeSchema().required() }).required(),
});
