import { formatIsoOffset, formatPlainUtc } from '@gatehouse/http';
import Joi from 'joi';
import { effectiveMembership, type StoredMembership } from '../membership/effective-membership.ts';

/** The version that the paths and `meta` name. */
export const API_VERSION = 'v1';

/** A membership as the document shows it. */
export function membershipBody(stored: StoredMembership, now: Date) {
  return { status: effectiveMembership(stored, now), expires: plainOrNull(stored.membershipExpiresAt) };
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, or null. */
export function plainOrNull(date: Date | null): string | null {
  return date === null ? null : formatPlainUtc(date);
}

/** `meta` of every authenticated reply. */
export function metaBody(now: Date) {
  return { version: API_VERSION, timestamp: formatIsoOffset(now) };
}

/** Schema of a member of the form `YYYY-MM-DD HH:MM:SS`. */
export function plainTimeSchema(): Joi.StringSchema {
  return Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
    .example('2026-01-01 12:00:00');
}

/** Schema of a member of the form `YYYY-MM-DDTHH:MM:SS+00:00`. */
export function isoTimeSchema(): Joi.StringSchema {
  return Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00$/)
    .example('2026-01-01T12:00:00+00:00');
}

/** Schema of a text that may be null. */
export function nullableText(): Joi.StringSchema {
  return Joi.string().allow(null, '').required();
}

/** Schema of {@link membershipBody}. */
export function membershipSchema(): Joi.ObjectSchema {
  return reply({ status: Joi.string().valid('free', 'premium', 'lifetime'), expires: plainTimeSchema().allow(null) });
}

/** Schema of {@link metaBody}. */
export function metaSchema(more: Joi.SchemaMap = {}): Joi.ObjectSchema {
  return reply({ version: Joi.string().valid(API_VERSION), timestamp: isoTimeSchema(), ...more });
}

/** Schema of a successful reply's object, all members required. */
export function reply(members: Joi.SchemaMap): Joi.ObjectSchema {
  return Joi.object(members).options({ presence: 'required' }).required();
}
