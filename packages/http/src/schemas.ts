import Joi from 'joi';

/** The largest id: a positive 32-bit integer, as PostgreSQL's `integer` holds. */
export const MAX_ID = 2_147_483_647;

/** An id: an integer from 1 to 2147483647. */
export function idSchema(): Joi.NumberSchema {
  return Joi.number().integer().min(1).max(MAX_ID);
}

// RFC 3339, and ISO 8601 dates without a time zone, which are taken as UTC.
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** An ISO 8601 date-time of a day that exists, read into a `Date`; without a zone it is UTC. Years 1970 to 9999. */
export function dateTimeSchema(): Joi.StringSchema<Date> {
  return Joi.string<Date>()
    .max(40)
    .custom((text: string, helpers) => readIsoDate(text) ?? helpers.error('string.isoDate'));
}

/**
 * Reads an ISO 8601 date-time.
 * @returns null when the form is wrong or the day or time does not exist
 */
export function readIsoDate(text: string): Date | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', zone] = match;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const exists = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
  if (!exists || Number(year) < 1970 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const normalZone = zone === undefined ? 'Z' : zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const fraction = /[.,](\d{1,3})/.exec(text)?.[1]?.padEnd(3, '0') ?? '000';
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}${normalZone}`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** `2026-01-31T12:00:00+00:00`: the ISO 8601 form of the documents' examples. */
export function formatIsoOffset(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+00:00`;
}

/** `2026-01-31 12:00:00` in UTC: the plain form of the documents' examples. */
export function formatPlainUtc(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
