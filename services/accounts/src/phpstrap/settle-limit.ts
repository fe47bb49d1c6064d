import type { LimitPolicy, LimitState, Limits } from '@gatehouse/limits';

/** What was taken under figures that may have changed since. */
export interface Taken {
  readonly policy: LimitPolicy;
  readonly state: LimitState;
}

/**
 * Makes sure that a call took exactly one from the limit that holds now, whatever was taken ahead under figures that an
 * operator has changed since.
 * @param policy the limit that holds
 * @param taken what was taken ahead, null when nothing was
 */
export async function settleLimit(limits: Limits, policy: LimitPolicy, key: string, taken: Taken | null): Promise<LimitState> {
  if (taken === null || taken.policy.windowSeconds !== policy.windowSeconds) return limits.consume(policy, key);
  const { state } = taken;
  if (taken.policy.limit === policy.limit) return state;
  // The same count under another limit. A refused call took nothing and may try the new one; one beyond it is refused by it.
  if (!state.allowed || state.used > policy.limit) return limits.consume(policy, key);
  return { ...state, limit: policy.limit, remaining: policy.limit - state.used };
}
