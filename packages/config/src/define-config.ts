import type Joi from 'joi';
import { ConfigError } from './config-error.ts';
import { type Environment, readVariable } from './read-variable.ts';

/** One variable: its name, what it takes, and that in words for the user (`must be …`). */
export interface Setting<T> {
  readonly variable: string;
  readonly schema: Joi.AnySchema<T>;
  readonly rule: string;
}

/** What came of one variable. */
export type Outcome<T> = { readonly value: T } | { readonly mistake: string };

/** A setting together with what happens when it is not set. */
export interface Entry<T> {
  readonly variable: string;
  read(environment: Environment): Outcome<T>;
}

type Entries = Readonly<Record<string, Entry<unknown>>>;
type Values<E extends Entries> = { readonly [K in keyof E]: E[K] extends Entry<infer T> ? T : never };

/** The type that a definition loads. */
export type ConfigOf<D> = D extends (environment: Environment) => infer V ? V : never;

/** A setting without which the process does not start. */
export function required<T>(setting: Setting<T>): Entry<T> {
  return entry(setting, () => ({ mistake: `${setting.variable} is missing: it ${setting.rule}.` }));
}

/** A setting that may be left out; it is then `undefined`. */
export function optional<T>(setting: Setting<T>): Entry<T | undefined> {
  return entry<T, undefined>(setting, () => ({ value: undefined }));
}

/** A setting with a value of its own for when it is left out. */
export function withDefault<T>(setting: Setting<T>, value: T): Entry<T> {
  return entry(setting, () => ({ value }));
}

/**
 * Makes a loader of typed settings from its entries. Variables that no entry names are ignored.
 * @param entries Property of the result → setting.
 * @param check Looks for what is wrong between settings, of which some may be missing; gives one sentence a mistake.
 * @returns A function from an environment to a frozen object, which throws one {@link ConfigError} with every mistake.
 */
export function defineConfig<E extends Entries>(entries: E, check: (found: Partial<Values<E>>) => readonly string[] = () => []) {
  return (environment: Environment): Values<E> => {
    const mistakes: string[] = [];
    const values: Record<string, unknown> = {};
    for (const [property, { read }] of Object.entries(entries)) {
      const outcome = read(environment);
      if ('mistake' in outcome) mistakes.push(outcome.mistake);
      else values[property] = outcome.value;
    }
    // Each value was given by the entry of the same name: the loop loses what the mapped type knows.
    const config = Object.freeze(values) as Values<E>;
    mistakes.push(...check(config));
    if (mistakes.length > 0) throw new ConfigError(mistakes);
    return config;
  };
}

function entry<T, U = T>(setting: Setting<T>, whenUnset: () => Outcome<U>): Entry<T | U> {
  const { variable, schema, rule } = setting;
  return {
    variable,
    read(environment) {
      const found = readVariable(environment, variable);
      if (found === undefined) return whenUnset();
      if ('mistake' in found) return found;
      const { value, error } = schema.required().validate(found.text);
      // Joi's own message can hold the rejected value, so the rule is told instead.
      return error ? { mistake: `${found.source} ${rule}.` } : { value };
    },
  };
}
