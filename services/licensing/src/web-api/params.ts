import { MAX_ID } from '@gatehouse/http';
import Joi from 'joi';

/** A flag: on when it is there, whatever it says (web-api.md: `&history=` and `&scripts=true` both mean on). */
export function flag(): Joi.AnySchema<boolean> {
  return Joi.any()
    .custom(() => true)
    .default(false)
    .description('flag');
}

/** A list of ids, as JSON text or, in a JSON body, as a list; the ids may be numbers or texts. */
export function idList(maxItems: number): Joi.AnySchema<readonly number[]> {
  return Joi.any()
    .custom((value: unknown, helpers) => readIds(value, maxItems) ?? helpers.error('any.custom'))
    .description(`JSON list of ids, at most ${maxItems}`);
}

function readIds(value: unknown, maxItems: number): readonly number[] | null {
  const list = typeof value === 'string' ? parse(value) : value;
  if (!Array.isArray(list) || list.length > maxItems) return null;
  const ids = list.map((item: unknown) => (typeof item === 'string' && /^[1-9]\d{0,9}$/.test(item) ? Number(item) : item));
  const isId = (id: unknown): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= MAX_ID;
  return ids.every(isId) ? [...new Set(ids)] : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
