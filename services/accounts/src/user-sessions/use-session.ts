import { hashToken } from '@gatehouse/auth';
import type { Database, Membership } from '@gatehouse/db';
import { endOf } from './open-session.ts';

/** A live session and what has to be known of its user to let them in. */
export interface LiveSession {
  readonly id: number;
  readonly userId: number;
  readonly factors: readonly string[];
  readonly expiresAt: Date;
  readonly isActive: boolean;
  readonly isBanned: boolean;
  /** As stored. */
  readonly membership: Membership;
  readonly membershipExpiresAt: Date | null;
}

/**
 * Finds the live session of a token and, in the same statement, moves its end on: sessions slide.
 * @param hours how long it lasts without being used (setting `session_hours`)
 * @returns null when the token is nobody's, has been ended, or was not used for too long
 */
export async function useSession(db: Database, token: string, now: Date, hours: number): Promise<LiveSession | null> {
  const [row] = await db.query<LiveSession>`
    UPDATE user_sessions AS s SET last_used_at = ${now}, expires_at = ${endOf(now, hours)}
    FROM users u
    WHERE s.token_hash = ${hashToken(token)} AND s.ended_at IS NULL AND s.expires_at > ${now} AND u.id = s.user_id
    RETURNING s.id, s.user_id AS "userId", s.factors, s.expires_at AS "expiresAt", u.is_active AS "isActive", u.banned AS "isBanned",
      u.membership::text AS membership, u.membership_expires_at AS "membershipExpiresAt"`;
  return row ?? null;
}
