import type { Database, Membership } from '@gatehouse/db';
import type { LadderFacts } from './ladder.ts';
import { type MemberHash, matchesHash } from './member-hash.ts';

/** The holder of a licence key, with all that the ladder and `getMember` say of them. */
export interface WebApiCaller {
  readonly key: {
    readonly id: number;
    /** The seller. */
    readonly ownerId: number;
    readonly discordId: string | null;
    readonly isPremium: boolean;
    readonly isInvalidated: boolean;
    readonly isSecret: boolean;
    readonly expiresAt: Date | null;
  };
  readonly member: WebApiMember | null;
  readonly session: { readonly id: number; readonly directory: string; readonly startedAt: Date; readonly expiresAt: Date } | null;
  /** A hash counts while the Session that drew it lives. */
  readonly hash: (MemberHash & { readonly countsUntil: Date }) | null;
}

/** The member of a key. */
export interface WebApiMember {
  readonly id: number;
  readonly username: string;
  readonly company: string | null;
  readonly avatar: string | null;
  readonly membership: Membership;
  readonly membershipExpiresAt: Date | null;
  readonly isAdmin: boolean;
  readonly isActive: boolean;
  readonly banned: boolean;
  readonly bannedBySeller: boolean;
  readonly webApiRevoked: boolean;
  readonly twoStepOn: boolean;
  readonly lastActiveAt: Date | null;
  readonly createdAt: Date;
  readonly protection: number;
}

/** What one query finds of a call: the ban of its address, and whose key it came with. */
export interface LoadedCall {
  readonly addressBanned: boolean;
  readonly caller: WebApiCaller | null;
}

/** Nobody's key: a constraint keeps every key in its form. */
const NO_KEY = '';

/**
 * Loads all that a call is judged by, in one query of indexed joins: this is the hot path of the Web API.
 * @param keyValue a well-formed licence key, or null when none was sent
 * @param network `caller.network`
 */
export async function loadCall(db: Database, keyValue: string | null, network: string, now: Date): Promise<LoadedCall> {
  const [row] = await db.query<CallRow>`
    SELECT ban.id IS NOT NULL AS address_banned,
           k.id AS key_id, k.user_id AS owner_id, k.discord_id, k.is_premium, k.is_invalidated, k.is_secret, k.expires_at,
           u.id AS member_id, COALESCE(u.login, u.name) AS username, u.company, u.avatar, u.membership::text AS membership,
           u.membership_expires_at, u.is_admin, u.is_active, u.banned, u.created_at,
           u.web_api_revoked OR sr.member_id IS NOT NULL AS web_api_revoked, sb.member_id IS NOT NULL AS banned_by_seller,
           u.totp_confirmed_at IS NOT NULL AS two_step_on, GREATEST(u.last_active_at, u.last_login_at) AS last_active_at,
           s.id AS session_id, s.started_at AS session_started_at, s.expires_at AS session_expires_at, v.name AS service_name,
           m.protection, m.salt, m.hash_v4, m.hash_v6, drawer.expires_at AS hash_counts_until
    FROM (SELECT 1) AS one
    LEFT JOIN address_bans ban
      ON ban.address = ${network} AND ban.lifted_at IS NULL AND (ban.expires_at IS NULL OR ban.expires_at > ${now})
    LEFT JOIN licence_keys k ON k.key_value = ${keyValue ?? NO_KEY}
    LEFT JOIN users u ON u.id = k.member_id
    LEFT JOIN seller_bans sb ON sb.seller_id = k.user_id AND sb.member_id = k.member_id AND sb.lifted_at IS NULL
    LEFT JOIN seller_revocations sr ON sr.seller_id = k.user_id AND sr.member_id = k.member_id
    LEFT JOIN LATERAL (
      SELECT max(id) AS id FROM key_sessions WHERE key_id = k.id AND ended_at IS NULL AND expires_at > ${now}) live ON true
    LEFT JOIN key_sessions s ON s.id = live.id
    LEFT JOIN services v ON v.id = COALESCE(s.service_id, k.service_id)
    LEFT JOIN member_states m ON m.member_id = k.member_id
    LEFT JOIN key_sessions drawer ON drawer.id = m.session_id AND drawer.ended_at IS NULL AND drawer.expires_at > ${now}`;
  return { addressBanned: row?.address_banned ?? false, caller: row === undefined ? null : readCaller(row) };
}

/** The ladder's view of what was loaded. */
export function toLadderFacts(
  { addressBanned, caller }: LoadedCall,
  call: { keySent: boolean; command: LadderFacts['command']; network: string; now: Date },
): LadderFacts {
  const hash = caller?.hash ?? null;
  return {
    addressBanned,
    key: caller?.key ?? (call.keySent ? 'unknown' : 'missing'),
    command: call.command,
    member: caller?.member ?? null,
    sessionExpiresAt: caller?.session?.expiresAt ?? null,
    hashMatches: hash !== null && hash.countsUntil > call.now && matchesHash(hash, call.network),
  };
}

/** A key, its member and its Session are each there whole or not at all: the columns of a join that found nothing are null. */
interface CallRow {
  readonly address_banned: boolean;
  readonly key_id: number | null;
  readonly owner_id: number;
  readonly discord_id: string | null;
  readonly is_premium: boolean;
  readonly is_invalidated: boolean;
  readonly is_secret: boolean;
  readonly expires_at: Date | null;
  readonly member_id: number | null;
  readonly username: string;
  readonly company: string | null;
  readonly avatar: string | null;
  readonly membership: Membership;
  readonly membership_expires_at: Date | null;
  readonly is_admin: boolean;
  readonly is_active: boolean;
  readonly banned: boolean;
  readonly created_at: Date;
  readonly web_api_revoked: boolean;
  readonly banned_by_seller: boolean;
  readonly two_step_on: boolean;
  readonly last_active_at: Date | null;
  readonly session_id: number | null;
  readonly session_started_at: Date;
  readonly session_expires_at: Date;
  readonly service_name: string | null;
  readonly protection: number | null;
  readonly salt: Uint8Array | null;
  readonly hash_v4: Uint8Array | null;
  readonly hash_v6: Uint8Array | null;
  readonly hash_counts_until: Date | null;
}

function readCaller(row: CallRow): WebApiCaller | null {
  if (row.key_id === null) return null;
  return {
    key: {
      id: row.key_id,
      ownerId: row.owner_id,
      discordId: row.discord_id,
      isPremium: row.is_premium,
      isInvalidated: row.is_invalidated,
      isSecret: row.is_secret,
      expiresAt: row.expires_at,
    },
    member: row.member_id === null ? null : readMember(row, row.member_id),
    session:
      row.session_id === null
        ? null
        : {
            id: row.session_id,
            directory: row.service_name ?? '',
            startedAt: row.session_started_at,
            expiresAt: row.session_expires_at,
          },
    hash: readHash(row),
  };
}

function readHash({ salt, hash_v4, hash_v6, hash_counts_until }: CallRow): WebApiCaller['hash'] {
  if (salt === null || hash_counts_until === null) return null;
  return { salt, hashV4: hash_v4, hashV6: hash_v6, countsUntil: hash_counts_until };
}

function readMember(row: CallRow, id: number): WebApiMember {
  return {
    id,
    username: row.username,
    company: row.company,
    avatar: row.avatar,
    membership: row.membership,
    membershipExpiresAt: row.membership_expires_at,
    isAdmin: row.is_admin,
    isActive: row.is_active,
    banned: row.banned,
    bannedBySeller: row.banned_by_seller,
    webApiRevoked: row.web_api_revoked,
    twoStepOn: row.two_step_on,
    lastActiveAt: row.last_active_at,
    createdAt: row.created_at,
    protection: row.protection ?? 0,
  };
}
