import type { Reply } from '@gatehouse/http';
import { idSchema } from '@gatehouse/http';
import Joi from 'joi';

/** Our addition to the documented lists: a part of them. All rows without either. */
export interface ListParams {
  readonly page?: number;
  readonly per_page?: number;
}

const DEFAULT_PER_PAGE = 100;
const MAX_PER_PAGE = 1000;

/** The parameters of every list. */
export const listParamsSchema: Joi.ObjectSchema<ListParams> = Joi.object<ListParams>({
  page: idSchema().description('From 1; all rows without page and per_page'),
  per_page: Joi.number().integer().min(1).max(MAX_PER_PAGE).description(`${DEFAULT_PER_PAGE} when only page is given`),
});

/** A run of rows in a list's order. */
export interface Slice<Position = number> {
  /** The rows that come after this one. */
  readonly after: Position;
  readonly skip: number;
  readonly limit: number;
}

/** A list: where its rows come from and how one reads. */
export interface List<Row, Position> {
  /** The member that holds the rows: `users`, `logins`, `data`. */
  readonly member: string;
  /** What stands before the first row. */
  readonly start: Position;
  fetch(slice: Slice<Position>): Promise<readonly Row[]>;
  positionOf(row: Row): Position;
  toItem(row: Row): object;
}

/** Rows fetched together: enough that asking costs little, few enough that memory and other requests do not feel it. */
const BATCH_ROWS = 250;

/**
 * Replies with a list: one page of it, or all of it. A list longer than one batch is streamed, each batch beginning after the
 * last row of the one before, so that a million rows take no more memory than a thousand and rows deleted meanwhile shift nothing.
 */
export async function listReply<Row, Position>(list: List<Row, Position>, { page, per_page }: ListParams): Promise<Reply> {
  if (page !== undefined || per_page !== undefined) {
    const limit = per_page ?? DEFAULT_PER_PAGE;
    return { status: 200, text: whole(list, await list.fetch({ after: list.start, skip: ((page ?? 1) - 1) * limit, limit })) };
  }
  // Before the head is sent: a database that is down is still a fault then.
  const first = await list.fetch({ after: list.start, skip: 0, limit: BATCH_ROWS });
  return first.length < BATCH_ROWS ? { status: 200, text: whole(list, first) } : { status: 200, stream: inPieces(list, first) };
}

async function* inPieces<Row, Position>(list: List<Row, Position>, first: readonly Row[]): AsyncGenerator<string> {
  yield `{${JSON.stringify(list.member)}:[${write(list, first)}`;
  let last = first.at(-1);
  while (last !== undefined) {
    const rows = await list.fetch({ after: list.positionOf(last), skip: 0, limit: BATCH_ROWS });
    if (rows.length > 0) yield `,${write(list, rows)}`;
    last = rows.length < BATCH_ROWS ? undefined : rows.at(-1);
  }
  yield ']}';
}

function whole<Row, Position>(list: List<Row, Position>, rows: readonly Row[]): string {
  return `{${JSON.stringify(list.member)}:[${write(list, rows)}]}`;
}

function write<Row, Position>({ toItem }: List<Row, Position>, rows: readonly Row[]): string {
  return rows.map((row) => JSON.stringify(toItem(row))).join(',');
}
