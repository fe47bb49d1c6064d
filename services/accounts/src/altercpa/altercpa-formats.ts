import { formatPlainUtc, ok, type Reply } from '@gatehouse/http';
import Joi from 'joi';

const NEVER = '0000-00-00 00:00:00';

/** A success: `{"status": "ok", "data": …}`. */
export function okReply(data: object): Reply {
  return ok({ status: 'ok', data });
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, the zero date for never (altercpa.md, `paid_until`). */
export function plainOrZero(date: Date | null): string {
  return date === null ? NEVER : formatPlainUtc(date);
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, or null. */
export function plainOrNull(date: Date | null): string | null {
  return date === null ? null : formatPlainUtc(date);
}

/** Schema of a success with these members in `data`. */
export function okSchema(data: Joi.SchemaMap | Joi.Schema): Joi.ObjectSchema {
  const schema = Joi.isSchema(data) ? data : members(data);
  return members({ status: Joi.valid('ok'), data: schema });
}

/** Schema of an object whose members are all there. */
export function members(map: Joi.SchemaMap): Joi.ObjectSchema {
  return Joi.object(map).options({ presence: 'required' }).required();
}

/** Schema of a time of the form `YYYY-MM-DD HH:MM:SS`. */
export function plainTimeSchema(): Joi.StringSchema {
  return Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
    .example('2027-01-01 00:00:00');
}
