import { VALID_FOR_VALUES, validForSeconds } from './valid-for.ts';

describe('valid_for', () => {
  it('has the 65 values of the document, each once', () => {
    expect(VALID_FOR_VALUES).toHaveLength(65);
    expect(new Set(VALID_FOR_VALUES).size).toBe(65);
    for (const value of ['always', '1 hour', '23 hours', '1 day', '30 days', '35 days', '365 days'])
      expect(VALID_FOR_VALUES).toContain(value);
  });

  it.each([
    ['always', null],
    ['1 hour', 3600],
    ['23 hours', 23 * 3600],
    ['1 day', 86_400],
    ['365 days', 365 * 86_400],
  ])('%s lasts %s seconds', (value, seconds) => {
    expect(validForSeconds(value)).toBe(seconds);
  });

  it('knows no other', () => {
    expect(() => validForSeconds('24 hours')).toThrow(RangeError);
  });
});
