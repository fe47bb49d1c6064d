import type { Membership } from '@gatehouse/db';
import { dateTimeSchema } from '@gatehouse/http';
import { LONGEST_WINDOW_SECONDS } from '@gatehouse/limits';
import Joi from 'joi';
import { newPasswordSchema } from '../passwords/index.ts';
import {
  amountSchema,
  countSchema,
  emailSchema,
  languageSchema,
  lineSchema,
  nameSchema,
  timeSchema,
  timezoneSchema,
  type UserColumns,
  type UserRow,
} from '../users/index.ts';

/** What an operator may set of a user. Members that are left out stay as they are. */
export interface UserMembers {
  readonly name?: string;
  readonly email?: string | null;
  readonly company?: string | null;
  readonly phone?: string | null;
  readonly membership?: { readonly status?: Membership; readonly expires_at?: Date | null };
  readonly credits?: number;
  readonly timezone?: string;
  readonly language?: string;
  readonly is_active?: boolean;
  readonly is_admin?: boolean;
  readonly plan?: string;
  readonly tariff?: string;
  readonly rate_limit?: number | null;
  readonly rate_limit_window?: number | null;
  readonly banned?: boolean;
  readonly ban_reason?: string | null;
  readonly web_api_revoked?: boolean;
  readonly password?: string;
}

/** Memberships by the names of phpstrap.md. */
export const MEMBERSHIPS: readonly Membership[] = ['free', 'premium', 'lifetime'];

const MEMBER_SCHEMAS = {
  name: nameSchema(),
  email: emailSchema().allow(null),
  company: lineSchema(),
  phone: lineSchema(50),
  membership: Joi.object({
    status: Joi.string().valid(...MEMBERSHIPS),
    expires_at: dateTimeSchema().allow(null).description('When a premium membership ends; null: it does not'),
  }).min(1),
  credits: amountSchema(),
  timezone: timezoneSchema(),
  language: languageSchema(),
  is_active: Joi.boolean(),
  is_admin: Joi.boolean(),
  plan: Joi.string().min(1).max(50).description('Name of a plan'),
  tariff: Joi.string().min(1).max(50).description('Name of a tariff'),
  rate_limit: countSchema().allow(null).description("Own figure in place of the plan's"),
  rate_limit_window: countSchema(LONGEST_WINDOW_SECONDS).allow(null).description("Own window in seconds in place of the plan's"),
  banned: Joi.boolean(),
  ban_reason: lineSchema(500),
  web_api_revoked: Joi.boolean().description('The Web API privilege is withdrawn'),
  password: newPasswordSchema(),
};

/** The schema of {@link UserMembers}. */
export const userMembersSchema = Joi.object<UserMembers>(MEMBER_SCHEMAS);

/** The members of a new user, who needs a name. */
export const newUserMembersSchema = Joi.object<UserMembers & { readonly name: string }>({
  ...MEMBER_SCHEMAS,
  name: nameSchema().required(),
});

/** The columns that the members stand for, the password apart. */
export function toColumns({ membership, ...members }: UserMembers): UserColumns {
  return dropUndefined({
    name: members.name,
    email: members.email,
    company: members.company,
    phone: members.phone,
    membership: membership?.status,
    membershipExpiresAt: membership?.expires_at,
    credits: members.credits,
    timezone: members.timezone,
    language: members.language,
    isActive: members.is_active,
    isAdmin: members.is_admin,
    planName: members.plan,
    tariffName: members.tariff,
    rateLimit: members.rate_limit,
    rateLimitWindow: members.rate_limit_window,
    banned: members.banned,
    banReason: members.ban_reason,
    webApiRevoked: members.web_api_revoked,
  });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function dropUndefined<T extends object>(value: T): Defined<T> {
  // Object.fromEntries forgets which members there are.
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}

/** A user as operators see them. The membership is the stored one: a premium that has run out still says so. */
export function toUserBody(user: UserRow) {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    company: user.company,
    phone: user.phone,
    membership: { status: user.membership, expires_at: user.membershipExpiresAt },
    credits: user.credits.toNumber(),
    timezone: user.timezone,
    language: user.language,
    is_active: user.isActive,
    is_admin: user.isAdmin,
    plan: user.planName,
    tariff: user.tariffName,
    rate_limit: user.rateLimit,
    rate_limit_window: user.rateLimitWindow,
    banned: user.banned,
    ban_reason: user.banReason,
    web_api_revoked: user.webApiRevoked,
    two_step: user.totpConfirmedAt !== null,
    verified_at: user.verifiedAt,
    last_login_at: user.lastLoginAt,
    last_active_at: user.lastActiveAt,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}

const time = timeSchema().allow(null).required();

/** The schema of what {@link toUserBody} gives. */
export const userBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  name: Joi.string().required(),
  email: Joi.string().allow(null).required(),
  company: Joi.string().allow(null).required(),
  phone: Joi.string().allow(null).required(),
  membership: Joi.object({
    status: Joi.string()
      .valid(...MEMBERSHIPS)
      .required(),
    expires_at: time,
  }).required(),
  credits: Joi.number().required(),
  timezone: Joi.string().required(),
  language: Joi.string().required(),
  is_active: Joi.boolean().required(),
  is_admin: Joi.boolean().required(),
  plan: Joi.string().required(),
  tariff: Joi.string().required(),
  rate_limit: Joi.number().integer().allow(null).required(),
  rate_limit_window: Joi.number().integer().allow(null).required(),
  banned: Joi.boolean().required(),
  ban_reason: Joi.string().allow(null).required(),
  web_api_revoked: Joi.boolean().required(),
  two_step: Joi.boolean().required(),
  verified_at: time,
  last_login_at: time,
  last_active_at: time,
  created_at: timeSchema().required(),
  updated_at: timeSchema().required(),
});
