import { createHmac, randomBytes } from 'node:crypto';
import type { Database, Sql } from '@gatehouse/db';
import { describeCaller } from '@gatehouse/http';

/** Where a member was authorised: a salt and the salted hash of the address, one for each address family. */
export interface MemberHash {
  readonly salt: Uint8Array;
  readonly hashV4: Uint8Array | null;
  readonly hashV6: Uint8Array | null;
}

const SALT_BYTES = 16;

/**
 * Draws a fresh salt and authorises the address of a new Session for the member, and no other (web-api.md, *Session and hash*).
 * To be called when a Session opens with a key that has a member; touch `user:{memberId}` afterwards.
 * @param address of the caller, or its network; IPv6 counts by /64
 */
export async function setMemberHash(
  db: Sql,
  { memberId, sessionId, address, now }: { memberId: number; sessionId: number; address: string; now: Date },
): Promise<void> {
  const { salt, hashV4, hashV6 } = drawHash(address);
  await db.execute`
    INSERT INTO member_states (member_id, salt, hash_v4, hash_v6, hash_set_at, session_id, updated_at)
    VALUES (${memberId}, ${salt}, ${hashV4}, ${hashV6}, ${now}, ${sessionId}, ${now})
    ON CONFLICT (member_id) DO UPDATE
    SET salt = excluded.salt, hash_v4 = excluded.hash_v4, hash_v6 = excluded.hash_v6, hash_set_at = excluded.hash_set_at,
        session_id = excluded.session_id, updated_at = excluded.updated_at`;
}

interface HeartbeatRow {
  readonly member_id: number;
  readonly session_address: string | null;
  readonly salt: Uint8Array | null;
  readonly hash_v4: Uint8Array | null;
  readonly hash_v6: Uint8Array | null;
  readonly drawn_by: number | null;
  readonly drawer_lives: boolean;
}

/**
 * Adds the hash of the other address family at a heartbeat, so that a caller with IPv4 and IPv6 is one caller. To be called
 * with the heartbeat of a live Session whose token was checked. A family that is known already stays as it is.
 *
 * Where the Session that drew the hash has ended, the one that still lives is authorised again from the address that it was
 * opened from: a member who closes one of two programs keeps the Web API in the other.
 * @returns the member whose hash changed (touch `user:{id}`), or null
 */
export async function addMemberHash(
  db: Database,
  { sessionId, address, now }: { sessionId: number; address: string; now: Date },
): Promise<number | null> {
  const [row] = await db.query<HeartbeatRow>`
    SELECT k.member_id, s.address AS session_address, m.salt, m.hash_v4, m.hash_v6, m.session_id AS drawn_by,
           drawer.id IS NOT NULL AS drawer_lives
    FROM key_sessions s
    JOIN licence_keys k ON k.id = s.key_id AND k.member_id IS NOT NULL
    LEFT JOIN member_states m ON m.member_id = k.member_id
    LEFT JOIN key_sessions drawer ON drawer.id = m.session_id AND drawer.ended_at IS NULL AND drawer.expires_at > ${now}
    WHERE s.id = ${sessionId} AND s.ended_at IS NULL AND s.expires_at > ${now}`;
  if (row === undefined) return null;
  if (!row.drawer_lives) return redraw(db, row, sessionId, now);
  if (row.drawn_by !== sessionId || row.salt === null) return null;
  const network = networkOf(address);
  if (isV6(network) ? row.hash_v6 !== null : row.hash_v4 !== null) return null;
  const hash = hashNetwork(row.salt, network);
  const hashV4 = isV6(network) ? null : hash;
  const hashV6 = isV6(network) ? hash : null;
  // The salt is part of the guard: a Session that opened meanwhile has drawn another.
  const changed = await db.execute`
    UPDATE member_states SET hash_v4 = COALESCE(hash_v4, ${hashV4}), hash_v6 = COALESCE(hash_v6, ${hashV6}), updated_at = ${now}
    WHERE member_id = ${row.member_id} AND session_id = ${sessionId} AND salt = ${row.salt}`;
  return changed === 0 ? null : row.member_id;
}

async function redraw(db: Database, row: HeartbeatRow, sessionId: number, now: Date): Promise<number | null> {
  if (row.session_address === null) return null;
  const { salt, hashV4, hashV6 } = drawHash(row.session_address);
  const changed = await db.execute`
    INSERT INTO member_states (member_id, salt, hash_v4, hash_v6, hash_set_at, session_id, updated_at)
    VALUES (${row.member_id}, ${salt}, ${hashV4}, ${hashV6}, ${now}, ${sessionId}, ${now})
    ON CONFLICT (member_id) DO UPDATE
    SET salt = excluded.salt, hash_v4 = excluded.hash_v4, hash_v6 = excluded.hash_v6, hash_set_at = excluded.hash_set_at,
        session_id = excluded.session_id, updated_at = excluded.updated_at
    WHERE member_states.session_id IS NOT DISTINCT FROM ${row.drawn_by}::int`;
  return changed === 0 ? null : row.member_id;
}

/**
 * Forgets the hash that a Session drew. To be called when the Session ends; a hash whose Session no longer lives counts for
 * nothing anyway.
 * @returns the member whose hash went (touch `user:{id}`), or null
 */
export async function clearMemberHash(db: Sql, { sessionId, now }: { sessionId: number; now: Date }): Promise<number | null> {
  const [row] = await db.query<{ member_id: number }>`
    UPDATE member_states m
    SET salt = NULL, hash_v4 = NULL, hash_v6 = NULL, hash_set_at = NULL, session_id = NULL, updated_at = ${now}
    FROM key_sessions s JOIN licence_keys k ON k.id = s.key_id
    WHERE s.id = ${sessionId} AND m.member_id = k.member_id AND m.session_id = s.id
    RETURNING m.member_id`;
  return row?.member_id ?? null;
}

/** Whether the caller's network is one that the hash was made of. */
export function matchesHash({ salt, hashV4, hashV6 }: MemberHash, network: string): boolean {
  const expected = isV6(network) ? hashV6 : hashV4;
  return expected !== null && hashNetwork(salt, network).equals(expected);
}

function drawHash(address: string): MemberHash {
  const network = networkOf(address);
  const salt = randomBytes(SALT_BYTES);
  const hash = hashNetwork(salt, network);
  return isV6(network) ? { salt, hashV4: null, hashV6: hash } : { salt, hashV4: hash, hashV6: null };
}

function hashNetwork(salt: Uint8Array, network: string): Buffer {
  return createHmac('sha256', salt).update(network).digest();
}

function networkOf(address: string): string {
  return describeCaller(address.replace(/\/64$/, '')).network;
}

function isV6(network: string): boolean {
  return network.includes(':');
}
