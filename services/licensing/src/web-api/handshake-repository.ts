import type { Database } from '@gatehouse/db';

/** A handshake is good for ten minutes (web-api.md). */
export const HANDSHAKE_SECONDS = 600;

/**
 * Opens a handshake for a key.
 * @returns false when one is open for the key already; exact also when two devices ask at the same instant
 */
export function openHandshake(
  db: Database,
  { keyId, memberId, tokenHash, now }: { keyId: number; memberId: number; tokenHash: Buffer; now: Date },
): Promise<boolean> {
  const expiresAt = new Date(now.getTime() + HANDSHAKE_SECONDS * 1000);
  return db.sqlTx(async (tx) => {
    await tx.execute`
      UPDATE handshakes SET terminated_at = ${now}
      WHERE key_id = ${keyId} AND used_at IS NULL AND terminated_at IS NULL AND expires_at <= ${now}`;
    const opened = await tx.execute`
      INSERT INTO handshakes (member_id, key_id, token_hash, created_at, expires_at)
      VALUES (${memberId}, ${keyId}, ${tokenHash}, ${now}, ${expiresAt})
      ON CONFLICT (key_id) WHERE used_at IS NULL AND terminated_at IS NULL DO NOTHING`;
    return opened === 1;
  });
}

/** Whose key a handshake hands over. */
export interface TakenHandshake {
  readonly keyValue: string;
  readonly ownerId: number;
  readonly memberId: number;
}

/** Uses a handshake up; null when it is not open. Of many at the same instant one gets the key. */
export async function takeHandshake(db: Database, tokenHash: Buffer, now: Date): Promise<TakenHandshake | null> {
  const [row] = await db.query<TakenHandshake>`
    UPDATE handshakes h SET used_at = ${now}
    FROM licence_keys k
    WHERE h.token_hash = ${tokenHash} AND h.used_at IS NULL AND h.terminated_at IS NULL AND h.expires_at > ${now} AND k.id = h.key_id
    RETURNING k.key_value AS "keyValue", k.user_id AS "ownerId", h.member_id AS "memberId"`;
  return row ?? null;
}

/**
 * Ends an open handshake of a key; null when the key has no such open one.
 */
export async function endHandshake(
  db: Database,
  { tokenHash, keyId, now }: { tokenHash: Buffer; keyId: number; now: Date },
): Promise<boolean> {
  const ended = await db.execute`
    UPDATE handshakes SET terminated_at = ${now}
    WHERE token_hash = ${tokenHash} AND key_id = ${keyId} AND used_at IS NULL AND terminated_at IS NULL AND expires_at > ${now}`;
  return ended === 1;
}

/** Why a handshake is not open: it was never made, it was used or ended, or its time ran out first. */
export type ClosedHandshake = 'unknown' | 'over' | 'expired';

/** Tells why a handshake cannot be taken or ended. */
export async function explainHandshake(db: Database, tokenHash: Buffer, now: Date): Promise<ClosedHandshake> {
  const [row] = await db.query<{ used_at: Date | null; terminated_at: Date | null; expires_at: Date }>`
    SELECT used_at, terminated_at, expires_at FROM handshakes WHERE token_hash = ${tokenHash}`;
  if (row === undefined) return 'unknown';
  // One that made room for the next after it ran out has run out all the same.
  const endedInTime = row.used_at !== null || (row.terminated_at !== null && row.terminated_at < row.expires_at);
  return endedInTime || row.expires_at > now ? 'over' : 'expired';
}
