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
  /** The bound of memberships that the search went by. */
  readonly lapsedBefore: Date;
  /** By bucket of 4096 ids, in their order. */
  readonly buckets: ReadonlyMap<number, FoundBucket>;
  readonly total: number;
  /** {@link readChangeStamp} of the moment of the search. */
  readonly stamp: number;
  /** The next premium membership to end: nothing changes by the passing of time before. Null: nothing ever does. */
  readonly nextEnd: Date | null;
}

/** What a search found among 4096 ids, and after how many changes of them. */
export interface FoundBucket {
  /** Ascending. */
  readonly ids: Int32Array;
  readonly changes: number;
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
  // One statement, so that ids and changes are of one moment; packed, since a million numbers as text hold up everyone else.
  const [row] = await db.query<{ ids: Uint8Array | null; buckets: number[]; changes: number[]; nextEnd: Date | null }>`
    SELECT (SELECT string_agg(int4send(found.id), ''::bytea) FROM (SELECT u.id FROM users u WHERE ${conditionOf(search)} ORDER BY u.id) found) AS ids,
      coalesce(array_agg(b.bucket ORDER BY b.bucket), '{}') AS buckets, coalesce(array_agg(b.changes::float8 ORDER BY b.bucket), '{}') AS changes,
      ${nextEnd(search)} AS "nextEnd"
    FROM user_buckets b`;
  const ids = unpack(row?.ids ?? new Uint8Array());
  const buckets = new Map<number, FoundBucket>();
  let from = 0;
  for (const [index, bucket] of (row?.buckets ?? []).entries()) {
    let to = from;
    while (to < ids.length && (ids[to] ?? 0) >> BUCKET_BITS === bucket) to += 1;
    buckets.set(bucket, { ids: ids.subarray(from, to), changes: row?.changes[index] ?? 0 });
    from = to;
  }
  return summarize(buckets, search, row?.nextEnd ?? null);
}

/**
 * Brings what an earlier search found up to date, by searching only the buckets that have changed since, and those of memberships
 * that have ended since.
 * @returns null when these are many: then it is better searched anew
 */
export async function searchAgain(db: Database, search: UserSearch, earlier: FoundUsers): Promise<FoundUsers | null> {
  const known = [...earlier.buckets];
  const rows = await db.query<{ bucket: number; changes: number; ids: Uint8Array | null; nextEnd: Date | null }>`
    SELECT b.bucket, b.changes::float8 AS changes, ${nextEnd(search)} AS "nextEnd",
      (SELECT string_agg(int4send(u.id), ''::bytea ORDER BY u.id) FROM users u
       WHERE u.id >= b.bucket << ${BUCKET_BITS}::int AND u.id < (b.bucket + 1)::bigint << ${BUCKET_BITS}::int AND ${conditionOf(search)}) AS ids
    FROM user_buckets b LEFT JOIN unnest(${known.map(([bucket]) => bucket)}::int[], ${known.map(([, { changes }]) => changes)}::float8[])
      AS known(bucket, changes) ON known.bucket = b.bucket
    WHERE known.changes IS DISTINCT FROM b.changes::float8 OR ${hasEnded(search, earlier.lapsedBefore)}
    LIMIT ${MANY_BUCKETS}::int`;
  if (rows.length === MANY_BUCKETS) return null;
  const buckets = new Map(earlier.buckets);
  for (const { bucket, changes, ids } of rows) buckets.set(bucket, { ids: unpack(ids ?? new Uint8Array()), changes });
  const inOrder = new Map([...buckets].sort(([a], [b]) => a - b));
  // Without a changed bucket nobody has asked for the next end: it is the same.
  return summarize(inOrder, search, rows[0] === undefined ? earlier.nextEnd : rows[0].nextEnd);
}

function summarize(buckets: ReadonlyMap<number, FoundBucket>, { lapsedBefore }: UserSearch, end: Date | null): FoundUsers {
  let total = 0;
  let stamp = 0;
  for (const { ids, changes } of buckets.values()) {
    total += ids.length;
    stamp += changes;
  }
  return { lapsedBefore, buckets, total, stamp, nextEnd: end };
}

/** Ids from `offset` of all that a search found, `limit` at most. */
export function sliceFound({ buckets }: FoundUsers, offset: number, limit: number): number[] {
  const slice: number[] = [];
  let skip = offset;
  for (const { ids } of buckets.values()) {
    slice.push(...ids.subarray(skip, skip + limit - slice.length));
    skip = Math.max(0, skip - ids.length);
    if (slice.length === limit) break;
  }
  return slice;
}

/** `user_buckets.bucket` is the id without these (the migration). */
const BUCKET_BITS = 12;
/** From here on searching anew, which may go by an index, is as fast. */
const MANY_BUCKETS = 20;

/** The users with these ids, by id; those that have gone are left out. */
export async function findUsersById(db: Database, ids: readonly number[]): Promise<ListedUser[]> {
  if (ids.length === 0) return [];
  return db.query<ListedUser>`SELECT ${COLUMNS} FROM users u WHERE u.id = ANY(${[...ids]}::int[]) ORDER BY u.id`;
}

const STAMP = Prisma.sql`(SELECT coalesce(sum(changes), 0)::bigint FROM user_buckets)`;

/** Whether a membership has ended in bucket `b` since `then`, where this is of consequence. */
function hasEnded({ status, lapsedBefore }: UserSearch, then: Date): Prisma.Sql {
  if (status === undefined || status === 'lifetime') return Prisma.sql`false`;
  return Prisma.sql`b.bucket IN (SELECT id >> ${BUCKET_BITS}::int FROM users
    WHERE membership = 'premium' AND membership_expires_at >= ${then} AND membership_expires_at < ${lapsedBefore})`;
}

function nextEnd({ status, lapsedBefore }: UserSearch): Prisma.Sql {
  if (status === undefined || status === 'lifetime') return Prisma.sql`NULL::timestamptz`;
  return Prisma.sql`(SELECT min(membership_expires_at) FROM users WHERE membership = 'premium' AND membership_expires_at >= ${lapsedBefore})`;
}

function conditionOf({ email, status, lapsedBefore }: UserSearch): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (email !== undefined) conditions.push(Prisma.sql`u.email_folded LIKE lower(${likePattern(email)})`);
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
