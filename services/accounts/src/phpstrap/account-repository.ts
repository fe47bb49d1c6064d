import type { Database, Prisma } from '@gatehouse/db';
import { LONGEST_WINDOW_SECONDS } from '@gatehouse/limits';
import type { EffectiveMembership } from '../membership/effective-membership.ts';
import type { TokenHolder } from './account.ts';

interface HolderRow {
  readonly credential_id: number;
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly phone: string | null;
  readonly membership: EffectiveMembership;
  readonly membership_expires_at: Date | null;
  readonly credits: Prisma.Decimal;
  readonly timezone: string;
  readonly language: string;
  readonly avatar: string | null;
  readonly bio: string | null;
  readonly website: string | null;
  readonly verified_at: Date | null;
  readonly created_at: Date;
  readonly is_active: boolean;
  readonly banned: boolean;
  readonly plan: string;
  readonly limit: number;
  readonly window_seconds: number;
  readonly can_list_users: boolean;
}

/** Finds whose live phpstrap token has this hash, with the plan: one indexed query. */
export async function findTokenHolder(db: Database, tokenHash: Buffer): Promise<TokenHolder | null> {
  const [row] = await db.query<HolderRow>`
    SELECT c.id AS credential_id, u.id, u.name, u.email, u.company, u.phone, u.membership::text AS membership, u.membership_expires_at,
      u.credits, u.timezone, u.language, u.avatar, u.bio, u.website, u.verified_at, u.created_at, u.is_active, u.banned,
      u.plan, coalesce(u.rate_limit, p."limit") AS "limit", coalesce(u.rate_limit_window, p.window_seconds) AS window_seconds, p.can_list_users
    FROM credentials c JOIN users u ON u.id = c.user_id JOIN plans p ON p.name = u.plan
    WHERE c.secret_hash = ${tokenHash} AND c.kind = 'phpstrap' AND c.revoked_at IS NULL`;
  return row === undefined ? null : toHolder(row);
}

function toHolder(row: HolderRow): TokenHolder {
  return {
    kind: 'user',
    id: row.id,
    scopes: [],
    credentialId: row.credential_id,
    via: 'phpstrap',
    subject: {
      name: row.name,
      email: row.email,
      company: row.company,
      phone: row.phone,
      membership: row.membership,
      membershipExpiresAt: row.membership_expires_at,
      credits: Number(row.credits),
      timezone: row.timezone,
      language: row.language,
      avatar: row.avatar,
      bio: row.bio,
      website: row.website,
      verifiedAt: row.verified_at,
      createdAt: row.created_at,
      isActive: row.is_active,
      banned: row.banned,
      plan: {
        name: row.plan,
        limit: row.limit,
        // A longer window cannot be counted; the column could hold one.
        windowSeconds: Math.min(row.window_seconds, LONGEST_WINDOW_SECONDS),
        canListUsers: row.can_list_users,
      },
    },
  };
}
