import { MAX_ID, type PageQuery, readCursor } from '@gatehouse/http';

/** The id that a page of a list by id begins after. @throws Fault BAD_PARAMETER when the cursor is none of such a list */
export function readAfterId({ cursor }: PageQuery): number {
  return Math.min(readCursor(cursor, 1)?.[0] ?? 0, MAX_ID);
}
