/** The memberships that a user can have. */
export type EffectiveMembership = 'free' | 'premium' | 'lifetime';

/** A membership as it is stored. */
export interface StoredMembership {
  readonly membership: EffectiveMembership;
  readonly membershipExpiresAt: Date | null;
}

/**
 * The membership that holds at `now`: a `premium` one whose date has come reads `free`; one without a date has no end (phpstrap.md).
 * What is stored stays, since the lapse rules of altercpa.md need it.
 */
export function effectiveMembership({ membership, membershipExpiresAt }: StoredMembership, now: Date): EffectiveMembership {
  if (membership !== 'premium' || membershipExpiresAt === null) return membership;
  return membershipExpiresAt < lapsedBefore(now) ? 'free' : 'premium';
}

/**
 * Dates before this one have come at `now`. Ends are whole seconds, as the replies show them: a fraction that the stored date
 * has does not count, so that a membership shown to end at 12:00:00 ends with the first moment of that second.
 */
export function lapsedBefore(now: Date): Date {
  return new Date((Math.floor(now.getTime() / 1000) + 1) * 1000);
}
