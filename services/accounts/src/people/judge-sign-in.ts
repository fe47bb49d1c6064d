import type { FaultCode } from '@gatehouse/faults';

/** What is known when somebody signs in. */
export interface SignInFacts {
  /** Whether there is such a user and this is their password. */
  readonly passwordMatches: boolean;
  readonly isActive: boolean;
  readonly isBanned: boolean;
  readonly hasTwoStep: boolean;
  readonly hasCode: boolean;
}

/** What to do: let them in, look at their code first, or refuse. */
export type SignInVerdict =
  | 'enter'
  | 'check-code'
  | Extract<FaultCode, 'SIGN_IN_FAILED' | 'ACCOUNT_BANNED' | 'ACCOUNT_INACTIVE' | 'TWO_STEP_REQUIRED'>;

/** Judges a sign-in. Only who knows the password learns anything else about the account. */
export function judgeSignIn({ passwordMatches, isActive, isBanned, hasTwoStep, hasCode }: SignInFacts): SignInVerdict {
  if (!passwordMatches) return 'SIGN_IN_FAILED';
  if (isBanned) return 'ACCOUNT_BANNED';
  if (!isActive) return 'ACCOUNT_INACTIVE';
  if (!hasTwoStep) return 'enter';
  return hasCode ? 'check-code' : 'TWO_STEP_REQUIRED';
}
