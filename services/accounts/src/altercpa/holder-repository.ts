import type { Principal } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import type { EffectiveMembership } from '../membership/effective-membership.ts';
import type { LiveSession } from '../user-sessions/index.ts';

/** What has to be known of a user to let them in, as stored. */
export interface Holder {
  readonly membership: EffectiveMembership;
  readonly membershipExpiresAt: Date | null;
  readonly isActive: boolean;
  readonly banned: boolean;
  /** When the session ends unless it is used again; null for an API key, which has no end. */
  readonly sessionExpiresAt: Date | null;
}

interface HolderRow extends Omit<Holder, 'sessionExpiresAt'> {
  readonly id: number;
  readonly credentialId: number;
}

/** Finds whose live API key has this hash: one indexed query. */
export async function findKeyHolder(db: Database, keyHash: Buffer): Promise<Principal<Holder> | null> {
  const [row] = await db.query<HolderRow>`
    SELECT c.id AS "credentialId", u.id, u.membership::text AS membership, u.membership_expires_at AS "membershipExpiresAt",
      u.is_active AS "isActive", u.banned
    FROM credentials c JOIN users u ON u.id = c.user_id
    WHERE c.secret_hash = ${keyHash} AND c.kind = 'altercpa' AND c.revoked_at IS NULL`;
  if (row === undefined) return null;
  const { id, credentialId, ...holder } = row;
  return { kind: 'user', id, scopes: [], credentialId, via: 'altercpa', subject: { ...holder, sessionExpiresAt: null } };
}

/** The holder of a live session. */
export function sessionHolder({ userId, isActive, isBanned, factors, expiresAt, ...stored }: LiveSession): Principal<Holder> {
  const { membership, membershipExpiresAt } = stored;
  const subject = { membership, membershipExpiresAt, isActive, banned: isBanned, sessionExpiresAt: expiresAt };
  return { kind: 'session', id: userId, scopes: [], credentialId: null, via: 'user-session', factors, subject };
}
