import { Fault, type FaultDetail } from '@gatehouse/faults';
import type Joi from 'joi';

/** How strictly values are read. */
export interface ValidateOptions {
  /** Text is converted to what the schema wants: for queries, paths and forms. JSON must have the right types itself. */
  readonly convert: boolean;
  /** Whether members that the schema does not name are refused or left out. */
  readonly unknown: 'refuse' | 'ignore';
}

const MAX_DEPTH = 16;
const MAX_DETAILS = 20;

/**
 * Checks input against a schema.
 * @returns the value as the schema describes it, with defaults
 * @throws Fault BAD_PARAMETER naming every parameter that is wrong, never its value
 */
export function validate<T>(schema: Joi.ObjectSchema<T>, input: unknown, options: ValidateOptions): T {
  const poison = findPoison(input, [], 0);
  if (poison !== null) throw new Fault('BAD_PARAMETER', { details: [poison] });
  const result = prepare(schema, options).validate(input ?? {});
  // Joi's error holds the whole input: only paths and rules leave this function.
  if (result.error !== undefined) throw new Fault('BAD_PARAMETER', { details: result.error.details.slice(0, MAX_DETAILS).map(toDetail) });
  return result.value;
}

/** Schemas with their options, by what they were made of and the options' names. */
const prepared = new WeakMap<Joi.ObjectSchema, Map<string, Joi.ObjectSchema>>();

/** The schema with these options as its own: Joi would read them anew with each call, which takes longer than most checks. */
function prepare<T>(schema: Joi.ObjectSchema<T>, options: ValidateOptions): Joi.ObjectSchema<T> {
  const name = `${options.convert} ${options.unknown}`;
  const known = prepared.get(schema)?.get(name);
  if (known !== undefined) return known;
  const made = withOptions(schema, options);
  prepared.set(schema, new Map(prepared.get(schema)).set(name, made));
  return made;
}

function withOptions<T>(schema: Joi.ObjectSchema<T>, { convert, unknown }: ValidateOptions): Joi.ObjectSchema<T> {
  return schema.prefs({
    abortEarly: false,
    convert,
    allowUnknown: unknown === 'ignore',
    stripUnknown: unknown === 'ignore',
    errors: { label: false, wrap: { label: false, array: false, string: false } },
    messages: MESSAGES,
  });
}

// Joi's own texts for these hold the rejected value.
const MESSAGES: Joi.LanguageMessages = {
  'string.pattern.base': 'has the wrong form',
  'string.pattern.name': 'has the wrong form',
  'string.pattern.invert.base': 'has the wrong form',
  'string.email': 'must be an e-mail address',
  'string.uri': 'must be a URL',
  'string.isoDate': 'must be an ISO 8601 date-time',
  'date.format': 'must be an ISO 8601 date-time',
  'object.unknown': 'is not a known parameter',
  'number.unsafe': 'must be a safe number',
  'array.unique': 'must not repeat a value',
  'any.invalid': 'is not allowed',
  'any.custom': 'has the wrong form',
};

function toDetail(detail: Joi.ValidationErrorItem): FaultDetail {
  return { path: detail.path.map(String).join('.').slice(0, 100), message: detail.message };
}

/** What no endpoint takes anywhere: a parameter given twice, NUL (PostgreSQL's text cannot hold it), a prototype, nesting without end. */
function findPoison(value: unknown, path: readonly string[], depth: number): FaultDetail | null {
  const detail = (message: string) => ({ path: path.join('.').slice(0, 100), message });
  if (typeof value === 'string') return value.includes('\0') ? detail('must not contain NUL') : null;
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Repeated) return detail('was given more than once');
  if (depth > MAX_DEPTH) return detail('is nested too deeply');
  for (const [name, member] of Object.entries(value)) {
    if (name.includes('\0')) return detail('must not contain NUL');
    // Copied with the rest it would become the copy's prototype, and be read where a member is missing.
    if (name === '__proto__') return { path: [...path, name].join('.').slice(0, 100), message: 'is not a known parameter' };
    const found = findPoison(member, [...path, name], depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The values of a query or form parameter that was given more than once: no credential, no valid value. */
export class Repeated extends Array<string> {}
