import { idSchema } from '@gatehouse/http';
import Joi from 'joi';

/** Where a list of our own APIs begins and how much of it is wanted (native.md). */
export interface PageQuery {
  readonly limit: number;
  /** The id that the last page ended with. */
  readonly cursor: number;
}

/** `limit` (1–200, 50) and `cursor`. */
export const pageSchema: Joi.ObjectSchema<PageQuery> = Joi.object<PageQuery>({
  limit: Joi.number().integer().min(1).max(200).default(50),
  cursor: idSchema().default(0),
});

/**
 * A page of a list in the order of ids: `{items, next_cursor}`.
 * @param load rows after an id; asked for one more than the page holds, to know whether there is a next
 */
export async function readPage<Row extends { readonly id: number }>(
  { limit, cursor }: PageQuery,
  load: (afterId: number, limit: number) => Promise<readonly Row[]>,
  toItem: (row: Row) => object,
): Promise<{ readonly items: readonly object[]; readonly next_cursor: string | null }> {
  const rows = await load(cursor, limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(toItem), next_cursor: rows.length > limit && last !== undefined ? String(last.id) : null };
}

/** The schema of a page of a list. */
export function pageReplySchema(item: Joi.Schema): Joi.ObjectSchema {
  return Joi.object({ items: Joi.array().items(item).required(), next_cursor: Joi.string().allow(null).required() });
}
