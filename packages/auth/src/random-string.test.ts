import { describe, expect, it } from '@jest/globals';
import { KEY_ALPHABET, LEGIBLE_ALPHABET, newLicenceKey, randomString } from './random-string.ts';

describe('random strings', () => {
  it.each([0, 1, 8, 1000])('are as long as asked: %d', (length) => {
    expect(randomString(length, KEY_ALPHABET)).toHaveLength(length);
  });

  it.each([
    ['36 characters', KEY_ALPHABET],
    ['2 characters', 'ab'],
    [
      '129 characters, where the modulo would be twice as likely for most',
      String.fromCharCode(...Array.from({ length: 129 }, (_, i) => 200 + i)),
    ],
  ])('favour no character: %s', (_, alphabet) => {
    const draws = alphabet.length * 2000;
    const counts = new Map<string, number>();
    for (const character of randomString(draws, alphabet)) counts.set(character, (counts.get(character) ?? 0) + 1);
    const chiSquare = [...alphabet].reduce((sum, character) => sum + ((counts.get(character) ?? 0) - 2000) ** 2 / 2000, 0);
    // Six standard deviations: fails by chance once in a hundred million runs, with a bias always.
    const freedom = alphabet.length - 1;
    expect(chiSquare).toBeLessThan(freedom + 6 * Math.sqrt(2 * freedom) + 15);
  });

  it('a licence key has the form that both APIs take', () => {
    for (let draw = 0; draw < 200; draw += 1) expect(newLicenceKey()).toMatch(/^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$/);
  });

  it('the legible alphabet holds no look-alikes and nothing twice', () => {
    expect(LEGIBLE_ALPHABET).not.toMatch(/[0Oo1Il]/);
    expect(new Set(LEGIBLE_ALPHABET).size).toBe(LEGIBLE_ALPHABET.length);
  });

  it.each(['', 'a', 'x'.repeat(257)])('an alphabet that is none is refused', (alphabet) => {
    expect(() => randomString(8, alphabet)).toThrow(RangeError);
  });
});
