import { type Database, likePattern, Prisma } from '@gatehouse/db';
import { type EffectiveMembership, lapsedBefore } from '../membership/effective-membership.ts';

/** A user as lists show them. */
export interface ListedUser {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly phone: string | null;
  /** As stored. */
  readonly membership: EffectiveMembership;
  readonly membershipExpiresAt: Date | null;
  readonly credits: Prisma.Decimal;
  readonly verifiedAt: Date | null;
  readonly isActive: boolean;
  readonly timezone: string;
  readonly language: string;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

/** Which users to list, and which page of them. */
export interface UsersFilter {
  /** A part of the e-mail, in any case. */
  readonly email?: string;
  /** The membership that holds at `now`. */
  readonly status?: EffectiveMembership;
  readonly page: number;
  readonly perPage: number;
  readonly now: Date;
}

const COLUMNS = Prisma.sql`u.id, u.name, u.email, u.company, u.phone, u.membership::text AS membership,
  u.membership_expires_at AS "membershipExpiresAt", u.credits, u.verified_at AS "verifiedAt", u.is_active AS "isActive",
  u.timezone, u.language, u.created_at AS "createdAt", u.last_login_at AS "lastLoginAt"`;

/** Finds one user by id. */
export async function findUser(db: Database, id: number): Promise<ListedUser | null> {
  const [user] = await db.query<ListedUser>`SELECT ${COLUMNS} FROM users u WHERE u.id = ${id}`;
  return user ?? null;
}

/** A page of the users that the filter leaves, by id, and how many it leaves in all. */
export async function findUsers(db: Database, filter: UsersFilter): Promise<{ users: ListedUser[]; total: number }> {
  const where = whereOf(filter);
  const offset = (filter.page - 1) * filter.perPage;
  const [users, [count]] = await Promise.all([
    db.query<ListedUser>`SELECT ${COLUMNS} FROM users u WHERE ${where} ORDER BY u.id LIMIT ${filter.perPage} OFFSET ${offset}::bigint`,
    db.query<{ total: number }>`SELECT count(*)::int AS total FROM users u WHERE ${where}`,
  ]);
  return { users, total: count?.total ?? 0 };
}

function whereOf({ email, status, now }: UsersFilter): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (email !== undefined) conditions.push(Prisma.sql`lower(u.email) LIKE lower(${likePattern(email)})`);
  if (status !== undefined) conditions.push(statusCondition(status, lapsedBefore(now)));
  return Prisma.join(conditions, ' AND ');
}

function statusCondition(status: EffectiveMembership, bound: Date): Prisma.Sql {
  switch (status) {
    case 'lifetime':
      return Prisma.sql`u.membership = 'lifetime'`;
    case 'premium':
      return Prisma.sql`u.membership = 'premium' AND (u.membership_expires_at IS NULL OR u.membership_expires_at >= ${bound})`;
    case 'free':
      return Prisma.sql`(u.membership = 'free' OR u.membership = 'premium' AND u.membership_expires_at < ${bound})`;
  }
}
