import { badParameter } from '@gatehouse/faults';
import Joi from 'joi';

/** A piece of a list as our own APIs give it (native.md). */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Asks for the next piece; null at the end. */
  readonly next_cursor: string | null;
}

/** What the query of every list of our own APIs takes, beside its filters. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** The schemas of {@link PageQuery}, to be spread into a query's schema. */
export const PAGE_SCHEMAS = {
  limit: Joi.number().integer().min(1).max(200).default(50).description('How many at most'),
  cursor: Joi.string().max(200).description('`next_cursor` of the piece before'),
};

/** The schema of {@link Page}. */
export function pageSchema(item: Joi.Schema): Joi.ObjectSchema {
  return Joi.object({ items: Joi.array().items(item).required(), next_cursor: Joi.string().allow(null).required() });
}

/**
 * Makes a page of one row more than its limit: the row too many tells that there is a next one.
 * @param positionOf where a row stands in the list's order, in whole numbers: what {@link readCursor} gives back
 * @example
 * const rows = await listUsers(db, { afterId: readCursor(query.cursor, 1)?.[0] ?? 0, limit: query.limit + 1 });
 * return ok(toPage(rows, query.limit, ({ id }) => [id], toUserBody));
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => readonly number[],
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isLastPage = rows.length <= limit || last === undefined;
  return { items: shown.map(toItem), next_cursor: isLastPage ? null : Buffer.from(positionOf(last).join('.')).toString('base64url') };
}

/**
 * The position that a cursor stands for; null without a cursor.
 * @param length how many numbers the list's order has
 * @throws Fault BAD_PARAMETER when it is no cursor of such a list
 */
export function readCursor(cursor: string | undefined, length: number): number[] | null {
  if (cursor === undefined) return null;
  const parts = Buffer.from(cursor, 'base64url').toString().split('.');
  const numbers = parts.map((part) => (/^\d{1,16}$/.test(part) ? Number(part) : Number.NaN));
  // Beyond this neither a time nor a bigint column goes.
  const isPosition = numbers.length === length && numbers.every((number) => number <= 8_640_000_000_000_000);
  if (!isPosition) throw badParameter('cursor', 'is not a cursor of this list');
  return numbers;
}
