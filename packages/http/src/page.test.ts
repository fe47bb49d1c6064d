import { Fault } from '@gatehouse/faults';
import { describe, expect, it } from '@jest/globals';
import { readCursor, toPage } from './page.ts';

describe('pages', () => {
  const rows = [{ id: 3 }, { id: 5 }, { id: 8 }];
  const page = (limit: number) =>
    toPage(
      rows.slice(0, limit + 1),
      limit,
      ({ id }) => [id, 7],
      ({ id }) => id,
    );

  it('a cursor leads on from the last row shown', () => {
    const { items, next_cursor } = page(2);
    expect(items).toEqual([3, 5]);
    expect(readCursor(next_cursor ?? undefined, 2)).toEqual([5, 7]);
  });

  it('the last page has no cursor, full or not', () => {
    expect(page(3)).toEqual({ items: [3, 5, 8], next_cursor: null });
    expect(page(9).next_cursor).toBeNull();
    expect(toPage([], 5, () => [], String)).toEqual({ items: [], next_cursor: null });
  });

  it.each([
    '',
    'x',
    'MQ.',
    Buffer.from('1').toString('base64url'),
    Buffer.from('1.-2').toString('base64url'),
    Buffer.from('1.99999999999999999').toString('base64url'),
  ])('a made-up cursor is refused: %j', (cursor) => {
    expect(() => readCursor(cursor, 2)).toThrow(Fault);
  });
});
