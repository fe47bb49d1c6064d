import { dateTimeSchema, idSchema } from '@gatehouse/http';
import Joi from 'joi';

// Control characters have no place in names, and PostgreSQL cannot hold half of a surrogate pair.
const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** The longest text that a name or an HWID may have, in characters. */
export const MAX_TEXT = 255;

/** A line of text, not empty, without control characters. */
export function textSchema(maxLength = MAX_TEXT): Joi.StringSchema {
  // Without an example, documentation would show any characters that the pattern takes.
  return Joi.string().max(maxLength).pattern(PRINTABLE).example('text');
}

/** A machine's identity, in whatever form the seller's program makes it. */
export function hwidSchema(): Joi.StringSchema {
  return textSchema();
}

/** A Discord user id: 17 to 19 digits (keys.md). */
export function discordIdSchema(): Joi.StringSchema {
  return Joi.string()
    .pattern(/^\d{17,19}$/)
    .example('123456789012345678');
}

/** Minutes or counts, of which 0 means without limit. */
export function countSchema(): Joi.NumberSchema {
  return Joi.number().integer().min(0).max(2_147_483_647);
}

/** Paging by number: `page` from 1, `limit` from 1 to 100, 50 unless told (documents/keys.txt). */
export const pageFields = {
  page: Joi.number().integer().min(1).max(2_147_483_647).default(1),
  limit: Joi.number().integer().min(1).max(100).default(50),
};

/** `{id}` of a path. */
export const idParams = Joi.object<{ id: number }>({ id: idSchema().required() });

/** A time as replies show it: ISO 8601 in UTC with milliseconds. */
export function isoTime(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}

/** An ISO 8601 date-time in a reply, or null. */
export function timeReplySchema(): Joi.Schema {
  return Joi.string().isoDate().allow(null);
}

export { dateTimeSchema, idSchema };
