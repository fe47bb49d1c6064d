import { InvalidArgumentError } from 'commander';

const MAX_ID = 2_147_483_647;

/** An id of a command line. */
export function parseId(text: string): number {
  return parseWhole(text, 1, MAX_ID);
}

/** How many. */
export function parseCount(text: string): number {
  return parseWhole(text, 1, MAX_ID);
}

/** A whole number of minutes or megabytes, 0 too. */
export function parseAmount(text: string): number {
  return parseWhole(text, 0, MAX_ID);
}

/** A number with decimals. */
export function parseNumber(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be a number.');
  return Number(text);
}

/** `true` or `false`. */
export function parseSwitch(text: string): boolean {
  if (/^(true|on|yes)$/i.test(text)) return true;
  if (/^(false|off|no)$/i.test(text)) return false;
  throw new InvalidArgumentError('It must be on or off.');
}

/** Values between commas. */
export function parseList(text: string): string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

/** What `none` stands for until it becomes null: commander would make an empty text of a null. */
export const NONE = Symbol('none');

/** Values of any kind, where `none` empties what is set. */
export function orNone<T>(parse: (text: string) => T): (text: string) => T | typeof NONE {
  return (text) => (text === 'none' ? NONE : parse(text));
}

/** Text as it is. */
export function parseText(text: string): string {
  return text;
}

function parseWhole(text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  return number;
}
