import { describe, expect, it } from '@jest/globals';
import { effectiveMembership, type StoredMembership } from './effective-membership.ts';
import { graceUntil, isLapsed, lapseTimeline } from './lapse-timeline.ts';

const END = '2027-03-28T01:30:00.000Z';
const API_END = '2027-04-04T01:30:00.000Z';
const premium: StoredMembership = { membership: 'premium', membershipExpiresAt: new Date(END) };
const at = (time: string, ms = 0): Date => new Date(new Date(time).getTime() + ms);

describe('the lapse timeline', () => {
  it.each([
    ['long before the end', at(END, -86_400_000), false, false, 'premium'],
    ['in the last second', at(END, -1), false, false, 'premium'],
    ['at the end', at(END), true, false, 'free'],
    ['in the last second of grace', at(API_END, -1), true, false, 'free'],
    ['7 × 24 hours after the end', at(API_END), true, true, 'free'],
    ['long after', at(API_END, 86_400_000), true, true, 'free'],
  ])('%s', (_, now, sessionLapsed, apiKeyLapsed, effective) => {
    expect(isLapsed(premium, 'session', now)).toBe(sessionLapsed);
    expect(isLapsed(premium, 'api-key', now)).toBe(apiKeyLapsed);
    expect(effectiveMembership(premium, now)).toBe(effective);
    expect(graceUntil(premium, now)).toEqual(sessionLapsed ? new Date(API_END) : null);
  });

  it.each([
    ['free that was never paid for', { membership: 'free', membershipExpiresAt: null }],
    ['free with an old date', { membership: 'free', membershipExpiresAt: new Date(0) }],
    ['lifetime', { membership: 'lifetime', membershipExpiresAt: null }],
    ['lifetime with an old date', { membership: 'lifetime', membershipExpiresAt: new Date(0) }],
    ['premium without an end', { membership: 'premium', membershipExpiresAt: null }],
  ] as const)('%s never lapses', (_, stored) => {
    expect(lapseTimeline(stored)).toEqual({ dashboardUntil: null, apiUntil: null });
    expect([isLapsed(stored, 'session', at(API_END)), isLapsed(stored, 'api-key', at(API_END))]).toEqual([false, false]);
    expect(effectiveMembership(stored, at(API_END))).toBe(stored.membership);
  });

  it('a fraction of a second in the stored date does not count, as it is not shown', () => {
    const stored: StoredMembership = { membership: 'premium', membershipExpiresAt: at(END, 999) };
    expect(lapseTimeline(stored)).toEqual({ dashboardUntil: new Date(END), apiUntil: new Date(API_END) });
    expect([effectiveMembership(stored, at(END, -1)), effectiveMembership(stored, at(END))]).toEqual(['premium', 'free']);
  });
});
