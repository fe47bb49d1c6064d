import { Fault, type FaultCode } from '@gatehouse/faults';
import type { LimitPolicy, Limits } from '@gatehouse/limits';

const QUARTER_SECONDS = 15 * 60;
const HOUR_SECONDS = 60 * 60;

/** How often may be guessed (native.md), and how much else a stranger may ask for. */
export const POLICIES = {
  signInAccount: { name: 'sign-in-account', limit: 10, windowSeconds: QUARTER_SECONDS },
  signInAddress: { name: 'sign-in-address', limit: 100, windowSeconds: QUARTER_SECONDS },
  password: { name: 'password-account', limit: 10, windowSeconds: QUARTER_SECONDS },
  twoStep: { name: 'two-step-account', limit: 10, windowSeconds: QUARTER_SECONDS },
  mailTokenAddress: { name: 'mail-token-address', limit: 100, windowSeconds: QUARTER_SECONDS },
  registerAddress: { name: 'register-address', limit: 50, windowSeconds: HOUR_SECONDS },
  forgotAddress: { name: 'forgot-address', limit: 50, windowSeconds: HOUR_SECONDS },
  /** Mails that a stranger can have sent to one address. */
  mailRecipient: { name: 'mail-recipient', limit: 5, windowSeconds: HOUR_SECONDS },
} as const satisfies Record<string, LimitPolicy>;

/** Something that counts failures. */
export interface GuessCount {
  readonly policy: LimitPolicy;
  readonly key: string;
}

/**
 * Lets an attempt go on while there are failures left to be made. Each attempt is counted before it is made, and given back when it
 * was no failure: of any number at once no more than the limit are made.
 * @param wrong the faults that count as failures
 * @throws Fault TOO_MANY_REQUESTS, and what the attempt throws
 */
export async function limitGuesses<T>(
  limits: Limits,
  counts: readonly GuessCount[],
  wrong: readonly FaultCode[],
  attempt: () => Promise<T>,
): Promise<T> {
  const taken = await Promise.all(counts.map(async (count) => ({ count, state: await limits.consume(count.policy, count.key) })));
  const giveBack = async () => {
    const counted = taken.filter(({ state }) => state.allowed);
    await Promise.all(counted.map(({ count }) => limits.refund(count.policy, count.key)));
  };
  const refused = taken.filter(({ state }) => !state.allowed);
  if (refused.length > 0) {
    await giveBack();
    throw new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.max(...refused.map(({ state }) => state.retryAfterSeconds)) });
  }
  try {
    const result = await attempt();
    await giveBack();
    return result;
  } catch (error) {
    if (!(error instanceof Fault && wrong.includes(error.code))) await giveBack();
    throw error;
  }
}

/** @throws Fault TOO_MANY_REQUESTS when `key` has had all that the policy gives */
export async function limitCalls(limits: Limits, policy: LimitPolicy, key: string): Promise<void> {
  const { allowed, retryAfterSeconds } = await limits.consume(policy, key);
  if (!allowed) throw new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds });
}
