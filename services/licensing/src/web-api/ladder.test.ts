import { describe, expect, it } from '@jest/globals';
import { climbLadder, LADDER, type LadderFacts } from './ladder.ts';

const NOW = new Date('2026-05-01T12:00:00Z');
const HOUR_MS = 3_600_000;

const MEMBER = {
  isActive: true,
  banned: false,
  bannedBySeller: false,
  webApiRevoked: false,
  twoStepOn: true,
  lastActiveAt: new Date(NOW.getTime() - HOUR_MS),
};
const GOOD: LadderFacts = {
  addressBanned: false,
  key: { expiresAt: null, isInvalidated: false, isSecret: true },
  command: { access: 'secret' },
  member: MEMBER,
  sessionExpiresAt: new Date(NOW.getTime() + HOUR_MS),
  hashMatches: true,
};

type Break = (facts: LadderFacts) => LadderFacts;
const withKey =
  (change: object): Break =>
  (facts) => ({ ...facts, key: typeof facts.key === 'string' ? facts.key : { ...facts.key, ...change } });
const withMember =
  (change: object): Break =>
  (facts) => ({ ...facts, member: facts.member === null ? null : { ...facts.member, ...change } });

/** Every way in which a rung breaks, in the order of the contract. Those of one rung stand together. */
const BREAKS: readonly (readonly [rung: number, name: string, fault: string, brk: Break])[] = [
  [1, 'address banned', 'ADDRESS_BANNED', (facts) => ({ ...facts, addressBanned: true })],
  [2, 'no key', 'NO_CREDENTIAL', (facts) => ({ ...facts, key: 'missing' })],
  [2, 'unknown key', 'BAD_CREDENTIAL', (facts) => ({ ...facts, key: 'unknown' })],
  [2, 'expired key', 'BAD_CREDENTIAL', withKey({ expiresAt: NOW })],
  [2, 'invalidated key', 'BAD_CREDENTIAL', withKey({ isInvalidated: true })],
  [3, 'unknown command', 'UNKNOWN_ROUTE', (facts) => ({ ...facts, command: null })],
  [4, 'no member', 'AUTHORIZATION_DENIED', (facts) => ({ ...facts, member: null })],
  [4, 'banned by the platform', 'AUTHORIZATION_DENIED', withMember({ banned: true })],
  [4, 'banned by the seller', 'AUTHORIZATION_DENIED', withMember({ bannedBySeller: true })],
  [4, 'inactive', 'AUTHORIZATION_DENIED', withMember({ isActive: false })],
  [4, 'privilege revoked', 'AUTHORIZATION_DENIED', withMember({ webApiRevoked: true })],
  [5, 'two-step off', 'TWO_STEP_OFF', withMember({ twoStepOn: false })],
  [6, 'never active', 'ACCOUNT_DORMANT', withMember({ lastActiveAt: null })],
  [6, 'dormant', 'ACCOUNT_DORMANT', withMember({ lastActiveAt: new Date(NOW.getTime() - 72 * HOUR_MS) })],
  [7, 'no Session', 'NO_LIVE_SESSION', (facts) => ({ ...facts, sessionExpiresAt: null })],
  [7, 'Session over', 'NO_LIVE_SESSION', (facts) => ({ ...facts, sessionExpiresAt: NOW })],
  [8, 'hash differs', 'HASH_MISMATCH', (facts) => ({ ...facts, hashMatches: false })],
  [9, 'plain key', 'NOT_ALLOWED', withKey({ isSecret: false })],
];

describe('the ladder', () => {
  it('lets a call through that breaks no rung', () => {
    expect(climbLadder(GOOD, NOW)).toBeNull();
  });

  it.each(BREAKS)('rung %i: %s alone ends in %s', (_rung, _name, fault, brk) => {
    expect(climbLadder(brk(GOOD), NOW)).toBe(fault);
  });

  it('of every two broken rungs tells the lower one', () => {
    const pairs = BREAKS.flatMap((lower) => BREAKS.filter(([rung]) => rung > lower[0]).map((higher) => [lower, higher] as const));
    for (const [[, lowerName, fault, breakLower], [, higherName, , breakHigher]] of pairs) {
      const verdicts = [climbLadder(breakLower(breakHigher(GOOD)), NOW), climbLadder(breakHigher(breakLower(GOOD)), NOW)];
      // Without a member there is nothing to say of two-step and activity; without a key nothing of its secrecy.
      expect([lowerName, higherName, ...verdicts]).toEqual([lowerName, higherName, fault, fault]);
    }
    expect(pairs).toHaveLength(135);
  });

  it('has the nine rungs of the contract; the tenth is the parameters', () => {
    expect(LADDER).toHaveLength(Math.max(...BREAKS.map(([rung]) => rung)));
  });

  it.each([
    ['one second before 72 hours', -1, null],
    ['at 72 hours', 0, 'ACCOUNT_DORMANT'],
    ['one second after 72 hours', 1, 'ACCOUNT_DORMANT'],
  ] as const)('the account %s of silence', (_when, seconds, verdict) => {
    const now = new Date(MEMBER.lastActiveAt.getTime() + 72 * HOUR_MS + seconds * 1000);
    expect(climbLadder({ ...GOOD, sessionExpiresAt: new Date(now.getTime() + HOUR_MS) }, now)).toBe(verdict);
  });

  it.each([
    ['one second before its end', -1, null],
    ['at its end', 0, 'NO_LIVE_SESSION'],
    ['one second after its end', 1, 'NO_LIVE_SESSION'],
  ] as const)('a Session %s', (_when, seconds, verdict) => {
    expect(climbLadder({ ...GOOD, sessionExpiresAt: new Date(NOW.getTime() - seconds * 1000) }, NOW)).toBe(verdict);
  });

  it('a command without a key climbs rungs 1 and 3 only', () => {
    const keyless: LadderFacts = {
      ...GOOD,
      command: { access: 'none' },
      key: 'missing',
      member: null,
      sessionExpiresAt: null,
      hashMatches: false,
    };
    expect(climbLadder(keyless, NOW)).toBeNull();
    expect(climbLadder({ ...keyless, addressBanned: true }, NOW)).toBe('ADDRESS_BANNED');
  });
});
