import { describe, expect, it } from '@jest/globals';
import { judgeSignIn, type SignInFacts, type SignInVerdict } from './judge-sign-in.ts';

const PLAIN: SignInFacts = { passwordMatches: true, isActive: true, isBanned: false, hasTwoStep: false, hasCode: false };

const CASES: readonly (readonly [Partial<SignInFacts>, SignInVerdict])[] = [
  [{}, 'enter'],
  [{ hasCode: true }, 'enter'],
  [{ hasTwoStep: true }, 'TWO_STEP_REQUIRED'],
  [{ hasTwoStep: true, hasCode: true }, 'check-code'],
  [{ isActive: false, hasTwoStep: true }, 'ACCOUNT_INACTIVE'],
  [{ isBanned: true, isActive: false }, 'ACCOUNT_BANNED'],
  // Without the password nothing shows.
  [{ passwordMatches: false }, 'SIGN_IN_FAILED'],
  [{ passwordMatches: false, isBanned: true }, 'SIGN_IN_FAILED'],
  [{ passwordMatches: false, isActive: false }, 'SIGN_IN_FAILED'],
  [{ passwordMatches: false, hasTwoStep: true, hasCode: true }, 'SIGN_IN_FAILED'],
];

describe('judging a sign-in', () => {
  it.each(CASES)('%j: %s', (facts, verdict) => {
    expect(judgeSignIn({ ...PLAIN, ...facts })).toBe(verdict);
  });
});
