import { type Database, likePattern, type Membership } from '@gatehouse/db';
import type { ProfileSource } from './member-profile.ts';

/** A Session of a key, running or over. */
export interface SessionRow {
  readonly id: number;
  readonly directory: string;
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
}

const HISTORY_LENGTH = 10;

/** The last ten Sessions of a key, newest first. */
export function findSessions(db: Database, keyId: number): Promise<SessionRow[]> {
  return db.query<SessionRow>`
    SELECT s.id, COALESCE(v.name, '') AS directory, s.started_at, s.expires_at, s.ended_at
    FROM key_sessions s
    JOIN licence_keys k ON k.id = s.key_id
    LEFT JOIN services v ON v.id = COALESCE(s.service_id, k.service_id)
    WHERE s.key_id = ${keyId}
    ORDER BY s.id DESC LIMIT ${HISTORY_LENGTH}`;
}

/** A ban by the seller of a key: of its member, or of a machine that the key is bound to. */
export interface BanRow {
  readonly type: 'member' | 'hwid';
  readonly reason: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly lifted_at: Date | null;
}

/** The seller's bans that concern a member, lifted ones too, newest first. */
export function findBans(
  db: Database,
  { keyId, ownerId, memberId }: { keyId: number; ownerId: number; memberId: number },
): Promise<BanRow[]> {
  return db.query<BanRow>`
    SELECT 'member' AS type, reason, created_at, NULL::timestamptz AS expires_at, lifted_at
    FROM seller_bans WHERE seller_id = ${ownerId} AND member_id = ${memberId}
    UNION ALL
    SELECT 'hwid', b.reason, b.created_at, b.expires_at, NULL
    FROM key_hwids h JOIN hwid_bans b ON b.user_id = ${ownerId} AND b.hwid = h.hwid
    WHERE h.key_id = ${keyId}
    ORDER BY created_at DESC`;
}

/** What only the member is told, on request. */
export interface PrivateRow {
  readonly email: string | null;
  readonly phone: string | null;
  readonly timezone: string;
  readonly language: string;
  readonly last_login_at: Date | null;
}

/** The private side of a member. */
export async function findPrivate(db: Database, memberId: number): Promise<PrivateRow | null> {
  const [row] = await db.query<PrivateRow>`SELECT email, phone, timezone, language, last_login_at FROM users WHERE id = ${memberId}`;
  return row ?? null;
}

interface NamedRow {
  readonly id: number;
  readonly username: string;
  readonly company: string | null;
  readonly avatar: string | null;
  readonly membership: Membership;
  readonly membership_expires_at: Date | null;
  readonly is_admin: boolean;
  readonly created_at: Date;
  readonly exact: boolean;
}

/**
 * The members of a seller who go by a name: the one with the login, else those with that display name. Members are those
 * who hold one of the seller's keys; with `formerToo` also those whom the seller banned or revoked. The LIKE is there for its
 * index (users_name_trgm).
 */
export async function findMembersByName(
  db: Database,
  { ownerId, username, formerToo = false }: { ownerId: number; username: string; formerToo?: boolean },
): Promise<ProfileSource[]> {
  const rows = await db.query<NamedRow>`
    SELECT u.id, COALESCE(u.login, u.name) AS username, u.company, u.avatar, u.membership::text AS membership,
           u.membership_expires_at, u.is_admin, u.created_at, lower(u.login) = lower(${username}) IS TRUE AS exact
    FROM users u
    WHERE lower(u.name || ' ' || coalesce(u.login, '')) LIKE lower(${likePattern(username)})
      AND (lower(u.login) = lower(${username}) OR (u.login IS NULL AND lower(u.name) = lower(${username})))
      AND (EXISTS (SELECT 1 FROM licence_keys k WHERE k.member_id = u.id AND k.user_id = ${ownerId})
        OR (${formerToo} AND (EXISTS (SELECT 1 FROM seller_bans b WHERE b.member_id = u.id AND b.seller_id = ${ownerId})
          OR EXISTS (SELECT 1 FROM seller_revocations r WHERE r.member_id = u.id AND r.seller_id = ${ownerId}))))
    LIMIT 3`;
  const members = rows.map(toMember);
  const exact = members.filter((_, index) => rows[index]?.exact);
  return exact.length > 0 ? exact : members;
}

function toMember(row: NamedRow): ProfileSource {
  const { membership_expires_at: membershipExpiresAt, is_admin: isAdmin, created_at: createdAt, exact: _exact, ...rest } = row;
  return { membershipExpiresAt, isAdmin, createdAt, ...rest };
}

/** Keeps a member's protection level, 0 to 4. */
export async function setProtection(db: Database, memberId: number, protection: number, now: Date): Promise<void> {
  await db.execute`
    INSERT INTO member_states (member_id, protection, updated_at) VALUES (${memberId}, ${protection}, ${now})
    ON CONFLICT (member_id) DO UPDATE SET protection = excluded.protection, updated_at = excluded.updated_at`;
}
