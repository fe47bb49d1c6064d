import { type Database, likePattern, Prisma } from '@gatehouse/db';
import { bucketsSql, countSql } from './key-counts.ts';
import { isCounted, isTimed, type KeyFilter, type KeySlice, sliceOf } from './key-filter.ts';
import type { KeyRecord } from './key-object.ts';
import { type KeyRow, keyColumns, toKeyRecord } from './key-repository.ts';

/** Which keys to list, of whom, and where in the list. */
export interface KeyListRequest {
  readonly userId: number;
  readonly filter: KeyFilter;
  readonly page: number;
  readonly limit: number;
  readonly now: Date;
}

/** A page of keys, newest first, and how many there are in all. */
export interface KeyList {
  readonly keys: readonly KeyRecord[];
  readonly total: number;
  /** How many changes of the seller's counts wait to be folded. */
  readonly pendingCounts: number;
}

/**
 * Lists keys in one statement, so that page and total are of the same moment. Each kind of filter has a way of its own
 * to stay as fast at a million keys as at a thousand: see docs/performance.md.
 */
export async function listKeys(db: Database, request: KeyListRequest): Promise<KeyList> {
  const { userId, filter, now } = request;
  const slice = sliceOf(filter, now);
  const rows = await db.query<KeyRow & { total: number; pending: number }>`
    WITH ${waySql(request, slice)}
    SELECT total.n AS total, (SELECT count(*)::int FROM key_count_changes WHERE user_id = ${userId}) AS pending, ${keyColumns}
    FROM total LEFT JOIN page ON TRUE LEFT JOIN licence_keys k ON k.id = page.id
      LEFT JOIN services s ON s.id = k.service_id LEFT JOIN providers p ON p.id = k.provider_id
    ORDER BY k.id DESC`;
  const keys = rows.filter(({ id }) => id !== null).map(toKeyRecord);
  return { keys, total: rows[0]?.total ?? 0, pendingCounts: rows[0]?.pending ?? 0 };
}

/** The common table expressions `total(n)` and `page(id)`. */
function waySql(request: KeyListRequest, slice: KeySlice): Prisma.Sql {
  const { userId, filter, page, limit } = request;
  const window = { limit, offset: (page - 1) * limit };
  if (filter.keyPart !== null || filter.hwidPart !== null) return searchSql(userId, filter, slice, window);
  if (!isCounted(filter)) return plainSql(userId, filter, slice, window, countPlainSql(userId, filter, slice));
  const total = countSql(userId, slice, filter);
  if (isTimed(slice) || slice.states.length < 4) {
    if (filter.providerId === null && filter.serviceId === null) return bucketSql(userId, slice, window, total);
  }
  return plainSql(userId, filter, slice, window, total);
}

interface Window {
  readonly limit: number;
  readonly offset: number;
}

/** In the order of ids, from the nearer end of the list. */
function plainSql(userId: number, filter: KeyFilter, slice: KeySlice, { limit, offset }: Window, total: Prisma.Sql): Prisma.Sql {
  const keys = Prisma.sql`SELECT k.id FROM licence_keys k WHERE ${conditionsSql(userId, filter, slice)}`;
  return Prisma.sql`
    total AS MATERIALIZED (SELECT ${total} AS n),
    page AS (
      (${keys} ORDER BY k.id DESC OFFSET ${offset} LIMIT (SELECT CASE WHEN ${offset}::bigint * 2 <= n THEN ${limit}::bigint ELSE 0 END FROM total))
      UNION ALL
      (${keys} ORDER BY k.id ASC OFFSET (SELECT greatest(n - ${offset}::bigint - ${limit}::bigint, 0) FROM total)
       LIMIT (SELECT CASE WHEN ${offset}::bigint * 2 > n THEN greatest(least(n - ${offset}::bigint, ${limit}::bigint), 0) ELSE 0 END FROM total))
    )`;
}

/**
 * By state and day of expiry: only the days whose newest keys are among the newest of all can hold a part of the page.
 */
function bucketSql(userId: number, slice: KeySlice, { limit, offset }: Window, total: Prisma.Sql): Prisma.Sql {
  const reach = offset + limit;
  const newest = (count: number) => Prisma.sql`
    SELECT k.id FROM licence_keys k
    WHERE k.user_id = ${userId} AND k.state = bucket.state AND k.expiry_day = bucket.day AND ${expirySql(slice)}
    ORDER BY k.user_id DESC, k.state DESC, k.expiry_day DESC, k.id DESC LIMIT ${count}`;
  return Prisma.sql`
    total AS (SELECT ${total} AS n),
    bucket AS MATERIALIZED (${bucketsSql(userId, slice)}),
    promising AS MATERIALIZED (
      SELECT bucket.state, bucket.day FROM bucket CROSS JOIN LATERAL (${newest(1)}) AS top ORDER BY top.id DESC LIMIT ${reach}
    ),
    page AS (
      SELECT candidate.id FROM promising AS bucket CROSS JOIN LATERAL (${newest(reach)}) AS candidate
      ORDER BY candidate.id DESC OFFSET ${offset} LIMIT ${limit}
    )`;
}

/** By a part of the key or of an HWID: what matches is found once, for the page and the total. */
function searchSql(userId: number, filter: KeyFilter, slice: KeySlice, { limit, offset }: Window): Prisma.Sql {
  return Prisma.sql`
    found AS MATERIALIZED (SELECT k.id FROM licence_keys k WHERE ${conditionsSql(userId, filter, slice)}),
    total AS (SELECT count(*)::int AS n FROM found),
    page AS (SELECT id FROM found ORDER BY id DESC OFFSET ${offset} LIMIT ${limit})`;
}

function countPlainSql(userId: number, filter: KeyFilter, slice: KeySlice): Prisma.Sql {
  return Prisma.sql`(SELECT count(*)::int FROM licence_keys k WHERE ${conditionsSql(userId, filter, slice)})`;
}

function conditionsSql(userId: number, filter: KeyFilter, slice: KeySlice): Prisma.Sql {
  const conditions = [Prisma.sql`k.user_id = ${userId}`];
  if (filter.discordId !== null) conditions.push(Prisma.sql`k.discord_id = ${filter.discordId}`);
  if (filter.serviceId !== null) conditions.push(Prisma.sql`k.service_id = ${filter.serviceId}`);
  if (filter.providerId !== null) conditions.push(Prisma.sql`k.provider_id = ${filter.providerId}`);
  if (slice.states.length < 4) conditions.push(Prisma.sql`k.state = ANY(${slice.states}::smallint[])`);
  if (isTimed(slice)) conditions.push(expirySql(slice));
  // Key values are capitals (a CHECK says so): no need to fold their case.
  if (filter.keyPart !== null) conditions.push(Prisma.sql`k.key_value LIKE ${likePattern(filter.keyPart.toUpperCase())}`);
  if (filter.hwidPart !== null) {
    conditions.push(
      Prisma.sql`k.id IN (SELECT h.key_id FROM key_hwids h WHERE h.user_id = ${userId} AND h.hwid ILIKE ${likePattern(filter.hwidPart)})`,
    );
  }
  return Prisma.join(conditions, ' AND ');
}

function expirySql({ fromMs, toMs, withForever }: KeySlice): Prisma.Sql {
  const limits = [
    ...(fromMs === Number.NEGATIVE_INFINITY ? [] : [Prisma.sql`k.expires_at >= ${new Date(fromMs)}`]),
    ...(toMs === Number.POSITIVE_INFINITY ? [] : [Prisma.sql`k.expires_at < ${new Date(toMs)}`]),
  ];
  if (limits.length === 0) return withForever ? Prisma.sql`TRUE` : Prisma.sql`k.expires_at IS NOT NULL`;
  const timed = Prisma.join(limits, ' AND ');
  return withForever ? Prisma.sql`(k.expires_at IS NULL OR (${timed}))` : Prisma.sql`(${timed})`;
}
