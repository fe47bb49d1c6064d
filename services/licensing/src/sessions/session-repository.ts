import type { Database, Sql } from '@gatehouse/db';

/** A Session as it stands in the database, with what its key is judged by at a heartbeat. */
export interface SessionRecord {
  readonly id: number;
  readonly keyId: number;
  readonly ownerId: number;
  readonly memberId: number | null;
  readonly startedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly isKeyInvalidated: boolean;
  readonly keyExpiresAt: Date | null;
  readonly isHwidBanned: boolean;
  readonly isMemberBanned: boolean;
}

interface SessionRow {
  readonly id: number;
  readonly key_id: number;
  readonly user_id: number;
  readonly member_id: number | null;
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly is_invalidated: boolean;
  readonly key_expires_at: Date | null;
  readonly hwid_banned: boolean;
  readonly member_banned: boolean | null;
}

/** The Session that a token belongs to, live or not. */
export async function findSession(db: Database, tokenHash: Buffer, now: Date): Promise<SessionRecord | null> {
  const [row] = await db.query<SessionRow>`
    SELECT s.id, s.key_id, s.user_id, k.member_id, s.started_at, s.expires_at, s.ended_at, k.is_invalidated,
      k.expires_at AS key_expires_at,
      EXISTS (SELECT 1 FROM hwid_bans b
              WHERE b.user_id = s.user_id AND b.hwid = s.hwid AND (b.expires_at IS NULL OR b.expires_at > ${now})) AS hwid_banned,
      k.member_id IS NOT NULL AND (m.banned OR sb.member_id IS NOT NULL) AS member_banned
    FROM key_sessions s JOIN licence_keys k ON k.id = s.key_id
    LEFT JOIN users m ON m.id = k.member_id
    LEFT JOIN seller_bans sb ON sb.seller_id = k.user_id AND sb.member_id = k.member_id AND sb.lifted_at IS NULL
    WHERE s.token_hash = ${tokenHash}`;
  if (row === undefined) return null;
  return {
    id: row.id,
    keyId: row.key_id,
    ownerId: row.user_id,
    memberId: row.member_id,
    startedAt: row.started_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    isKeyInvalidated: row.is_invalidated,
    keyExpiresAt: row.key_expires_at,
    isHwidBanned: row.hwid_banned,
    isMemberBanned: row.member_banned === true,
  };
}

/** A Session to be opened. */
export interface NewSession {
  readonly keyId: number;
  readonly ownerId: number;
  readonly serviceId: number | null;
  readonly hwid: string | null;
  readonly tokenHash: Buffer;
  /** The verify with a nonce that opens it. */
  readonly useId: number | null;
  readonly network: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/**
 * Opens a Session. Of one use there is one Session: opened again (its answer was lost), it gets the new token.
 * @returns null when the Session of this use has ended
 */
export async function openSession(db: Sql, session: NewSession): Promise<{ readonly id: number; readonly startedAt: Date } | null> {
  const [row] = await db.query<{ id: number; started_at: Date }>`
    INSERT INTO key_sessions (key_id, user_id, service_id, hwid, token_hash, use_id, address, started_at, last_heartbeat_at, expires_at)
    VALUES (${session.keyId}, ${session.ownerId}, ${session.serviceId}, ${session.hwid}, ${session.tokenHash}, ${session.useId},
      ${session.network}, ${session.now}, ${session.now}, ${session.expiresAt})
    ON CONFLICT (use_id) DO UPDATE
    SET token_hash = excluded.token_hash, address = excluded.address, last_heartbeat_at = excluded.last_heartbeat_at,
        expires_at = excluded.expires_at
    WHERE key_sessions.ended_at IS NULL
    RETURNING id, started_at`;
  return row === undefined ? null : { id: row.id, startedAt: row.started_at };
}

/** Keeps a live Session alive. @returns whether it was live */
export async function prolongSession(db: Database, id: number, { now, expiresAt }: { now: Date; expiresAt: Date }): Promise<boolean> {
  const prolonged = await db.execute`
    UPDATE key_sessions SET last_heartbeat_at = ${now}, expires_at = ${expiresAt}
    WHERE id = ${id} AND ended_at IS NULL AND expires_at > ${now}`;
  return prolonged === 1;
}

/** Ends a live Session. @returns whether it was live */
export async function endSession(db: Sql, id: number, now: Date): Promise<boolean> {
  const ended = await db.execute`UPDATE key_sessions SET ended_at = ${now} WHERE id = ${id} AND ended_at IS NULL AND expires_at > ${now}`;
  return ended === 1;
}
