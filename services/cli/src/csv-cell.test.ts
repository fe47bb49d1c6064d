import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromSafeCell, toSafeCell } from './csv-cell.ts';

const SIGNS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', "'", 'a', ' '];
const cells = fc.oneof(
  fc.string(),
  fc.array(fc.constantFrom(...SIGNS), { maxLength: 6 }).map((signs) => signs.join('')),
);

describe('a cell of a CSV file', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "'=1", "''-1"])(
    'that begins like a formula, %j, gets an apostrophe',
    (text) => {
      expect(toSafeCell(text)).toBe(`'${text}`);
    },
  );

  it.each([
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [true, 'true'],
    ["o'clock", "o'clock"],
    ["'quoted'", "'quoted'"],
    ['a=b', 'a=b'],
  ])('of %j is %j', (value, text) => expect(toSafeCell(value)).toBe(text));

  it('never begins like a formula, and is read back as it was', () => {
    fc.assert(
      fc.property(cells, (text) => {
        const written = toSafeCell(text);
        expect(written).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
        expect(fromSafeCell(written)).toBe(text);
      }),
    );
  });
});
