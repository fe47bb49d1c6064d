import { MAX_ID } from '@gatehouse/http';
import Joi from 'joi';

/** An e-mail address. Unique whatever its case; kept as it was written. */
export function emailSchema(): Joi.StringSchema {
  return Joi.string().max(254).email({ tlds: false }).description('Unique whatever its case');
}

/** What somebody is called. */
export function nameSchema(): Joi.StringSchema {
  return Joi.string().trim().min(1).max(200);
}

/** A line of a profile that may be left empty with null. */
export function lineSchema(longest = 200): Joi.StringSchema {
  return Joi.string().trim().min(1).max(longest).allow(null);
}

/** An IANA time zone that this process knows. */
export function timezoneSchema(): Joi.StringSchema {
  return Joi.string()
    .max(64)
    .custom((text: string, helpers) => (isTimezone(text) ? text : helpers.error('any.custom')))
    .description('IANA time zone, such as Europe/Oslo');
}

/** A language tag (RFC 5646) such as `en` or `pt-BR`. */
export function languageSchema(): Joi.StringSchema {
  return Joi.string()
    .max(35)
    .pattern(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i)
    .description('Language tag, such as en or pt-BR');
}

/** An amount of money or credits: two decimals at most, as `numeric(12,2)` holds. */
export function amountSchema(): Joi.NumberSchema {
  return Joi.number().min(0).max(9_999_999_999.99).precision(2);
}

/** A whole number from 1 to the largest of PostgreSQL's `integer`. */
export function countSchema(most: number = MAX_ID): Joi.NumberSchema {
  return Joi.number().integer().min(1).max(most);
}

/** A time in a reply. */
export function timeSchema(): Joi.StringSchema {
  return Joi.string().isoDate();
}

function isTimezone(text: string): boolean {
  // Offsets such as +02:00 pass Intl too, on newer versions of Node only.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
