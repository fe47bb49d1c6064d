import type { StoredMembership } from './effective-membership.ts';

/** How much longer than the dashboard API keys live: 7 × 24 h, whatever the calendar does (altercpa.md). */
export const GRACE_MS = 7 * 24 * 3_600_000;

/** When what stops. Null: never. Each is the first moment at which it no longer works. */
export interface LapseTimeline {
  readonly dashboardUntil: Date | null;
  readonly apiUntil: Date | null;
}

/** What a caller came with: the lapse rules are not the same for both. */
export type LapseSubject = 'session' | 'api-key';

/**
 * The lapse timeline of a membership (altercpa.md). Only a stored `premium` with a date lapses; `free` and `lifetime` never do.
 * The bounds are whole seconds, as the replies show them: a fraction in the stored date is dropped.
 */
export function lapseTimeline({ membership, membershipExpiresAt }: StoredMembership): LapseTimeline {
  if (membership !== 'premium' || membershipExpiresAt === null) return { dashboardUntil: null, apiUntil: null };
  const endMs = Math.floor(membershipExpiresAt.getTime() / 1000) * 1000;
  return { dashboardUntil: new Date(endMs), apiUntil: new Date(endMs + GRACE_MS) };
}

/** Whether what the caller came with has stopped working at `now`. */
export function isLapsed(stored: StoredMembership, subject: LapseSubject, now: Date): boolean {
  const { dashboardUntil, apiUntil } = lapseTimeline(stored);
  const until = subject === 'session' ? dashboardUntil : apiUntil;
  return until !== null && now >= until;
}

/** Until when API keys go on working after a lapse; null while there is none. */
export function graceUntil(stored: StoredMembership, now: Date): Date | null {
  return isLapsed(stored, 'session', now) ? lapseTimeline(stored).apiUntil : null;
}
