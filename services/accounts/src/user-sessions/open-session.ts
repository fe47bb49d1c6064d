import { hashToken, newToken } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';

/** What a sign-in can have passed. A session keeps the factors that it was made with. */
export type Factor = 'password' | 'totp' | 'recovery-code' | 'telegram';

/** A session just made. The token is to be shown once and is stored nowhere. */
export interface OpenedSession {
  readonly id: number;
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Opens a session for a user who has just proved who they are, and notes the sign-in with the user. The caller touches
 * `user:{id}` after the commit.
 * @param options.hours how long it lasts without being used (setting `session_hours`)
 */
export async function openSession(
  db: Database,
  options: { readonly userId: number; readonly factors: readonly Factor[]; readonly now: Date; readonly hours: number },
): Promise<OpenedSession> {
  const { userId, factors, now, hours } = options;
  const token = newToken('ghu_');
  const expiresAt = endOf(now, hours);
  const [row] = await db.query<{ id: number }>`
    WITH noted AS (UPDATE users SET last_login_at = ${now}, last_active_at = ${now} WHERE id = ${userId})
    INSERT INTO user_sessions (user_id, token_hash, factors, created_at, last_used_at, expires_at)
    VALUES (${userId}, ${hashToken(token)}, ${[...factors]}::text[], ${now}, ${now}, ${expiresAt})
    RETURNING id`;
  if (row === undefined) throw new Error('the session was not written');
  return { id: row.id, token, expiresAt };
}

/** When a session that is used now ends unless it is used again. */
export function endOf(now: Date, hours: number): Date {
  return new Date(now.getTime() + hours * 3_600_000);
}
