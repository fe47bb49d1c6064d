import { type Database, likePattern, Prisma } from '@gatehouse/db';
import type { EffectiveMembership } from '../membership/effective-membership.ts';

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

/** What `users.php` searches by. */
export interface UserSearch {
  /** A part of the e-mail, in any case. */
  readonly email?: string | undefined;
  /** The membership that holds now. */
  readonly status?: EffectiveMembership | undefined;
  /** Premium memberships that end before this moment have ended: `lapsedBefore(now)`. */
  readonly lapsedBefore: Date;
}

/** Everyone that a search found, and until when that stays true. */
export interface FoundUsers {
  /** Ids, ascending. */
  readonly ids: Int32Array;
  /** {@link readChangeStamp} of the moment of the search. */
  readonly stamp: number;
  /** The next premium membership to end: nothing changes by the passing of time before. Null: nothing ever does. */
  readonly nextEnd: Date | null;
}

const COLUMNS = Prisma.sql`u.id, u.name, u.email, u.company, u.phone, u.membership::text AS membership,
  u.membership_expires_at AS "membershipExpiresAt", u.credits, u.verified_at AS "verifiedAt", u.is_active AS "isActive",
  u.timezone, u.language, u.created_at AS "createdAt", u.last_login_at AS "lastLoginAt"`;

/** Finds one user by id. */
export async function findUser(db: Database, id: number): Promise<ListedUser | null> {
  const [user] = await db.query<ListedUser>`SELECT ${COLUMNS} FROM users u WHERE u.id = ${id}`;
  return user ?? null;
}

/**
 * A page of all users, by id, and how many there are. Neither counts nor skips rows: `user_buckets`, which triggers keep, tells
 * how many users each 4096 ids hold, so that a page in the middle of a million costs what the first one costs.
 */
export async function pageOfAll(db: Database, offset: number, limit: number): Promise<{ users: ListedUser[]; total: number }> {
  const rows = await db.query<ListedUser & { total: number }>`
    WITH counts AS (SELECT bucket, users, sum(users) OVER (ORDER BY bucket) AS upto FROM user_buckets),
      start AS (SELECT bucket, ${offset}::bigint - (upto - users) AS skip FROM counts WHERE upto > ${offset}::bigint ORDER BY bucket LIMIT 1)
    SELECT every.total, page.*
    FROM (SELECT coalesce(sum(users), 0)::int AS total FROM user_buckets) every
    LEFT JOIN (
      SELECT found.* FROM start, LATERAL (
        SELECT ${COLUMNS} FROM users u WHERE u.id >= start.bucket * 4096 ORDER BY u.id LIMIT ${limit}::int OFFSET start.skip
      ) found
    ) page ON true
    ORDER BY page.id`;
  // Past the end there is one row, with the total and no user.
  return { users: rows.filter(({ id }) => id !== null), total: rows[0]?.total ?? 0 };
}

/** A number that grows with every change of what users are searched by: who there is, e-mails, memberships. */
export async function readChangeStamp(db: Database): Promise<number> {
  const [row] = await db.query<{ stamp: bigint }>`SELECT ${STAMP} AS stamp`;
  return Number(row?.stamp ?? 0);
}

/** Searches all users: at a million up to a second for parts that most e-mails have, milliseconds for the others. */
export async function searchUsers(db: Database, search: UserSearch): Promise<FoundUsers> {
  // One statement, so that ids and stamp are of one moment; packed, since a million numbers as text hold up everyone else.
  const [row] = await db.query<{ ids: Uint8Array | null; stamp: bigint; nextEnd: Date | null }>`
    SELECT string_agg(int4send(found.id), ''::bytea) AS ids, ${STAMP} AS stamp, ${nextEnd(search)} AS "nextEnd"
    FROM (SELECT u.id FROM users u WHERE ${conditionOf(search)} ORDER BY u.id) found`;
  return { ids: unpack(row?.ids ?? new Uint8Array()), stamp: Number(row?.stamp ?? 0), nextEnd: row?.nextEnd ?? null };
}

/** The users with these ids, by id; those that have gone are left out. */
export async function findUsersById(db: Database, ids: readonly number[]): Promise<ListedUser[]> {
  if (ids.length === 0) return [];
  return db.query<ListedUser>`SELECT ${COLUMNS} FROM users u WHERE u.id = ANY(${[...ids]}::int[]) ORDER BY u.id`;
}

const STAMP = Prisma.sql`(SELECT coalesce(sum(changes), 0)::bigint FROM user_buckets)`;

function nextEnd({ status, lapsedBefore }: UserSearch): Prisma.Sql {
  if (status === undefined || status === 'lifetime') return Prisma.sql`NULL::timestamptz`;
  return Prisma.sql`(SELECT min(membership_expires_at) FROM users WHERE membership = 'premium' AND membership_expires_at >= ${lapsedBefore})`;
}

function conditionOf({ email, status, lapsedBefore }: UserSearch): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (email !== undefined) conditions.push(Prisma.sql`lower(u.email) LIKE lower(${likePattern(email)})`);
  if (status !== undefined) conditions.push(statusCondition(status, lapsedBefore));
  return Prisma.join(conditions, ' AND ');
}

/** The same rule as `effectiveMembership`. */
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

/** Reads 4-byte big-endian integers. */
function unpack(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids = new Int32Array(bytes.byteLength / 4);
  for (let index = 0; index < ids.length; index += 1) ids[index] = view.getInt32(index * 4);
  return ids;
}
