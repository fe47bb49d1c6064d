import { describe, expect, it } from '@jest/globals';
import { describeElapsed } from './format.ts';

describe('describeElapsed', () => {
  const now = new Date('2026-05-01T12:00:00Z');
  it.each([
    [0, 'just now'],
    [-5, 'just now'],
    [1, '1 second ago'],
    [59, '59 seconds ago'],
    [60, '1 minute ago'],
    [7_199, '1 hour ago'],
    [3 * 86_400, '3 days ago'],
    [14 * 86_400, '2 weeks ago'],
    [800 * 86_400, '2 years ago'],
  ])('%i seconds read %s', (seconds, text) => {
    expect(describeElapsed(new Date(now.getTime() - seconds * 1000), now)).toBe(text);
  });
});
