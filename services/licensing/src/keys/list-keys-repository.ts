import { type Database, likePattern, Prisma } from '@gatehouse/db';
import { bucketsSql, countSql, parentConditions } from './key-counts.ts';
import { isCounted, isOnly, isTimed, type KeyFilter, type KeySlice, sliceOf } from './key-filter.ts';
import type { KeyRecord } from './key-object.ts';
import { type KeyRow, keyColumns, toKeyRecord } from './key-repository.ts';
import { isCountedPart, PART_OF, partCountSql } from './part-counts.ts';

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
  readonly pending: { readonly counts: number; readonly parts: number };
}

/**
 * Lists keys in one statement, so that page and total are of the same moment. Each kind of filter has a way of its own
 * to stay as fast at a million keys as at a thousand: see docs/performance.md.
 */
export async function listKeys(db: Database, request: KeyListRequest): Promise<KeyList> {
  const { userId, filter, page, limit, now } = request;
  const slice = sliceOf(filter, now);
  const ask: Ask = { userId, filter, slice };
  const window = { limit, offset: (page - 1) * limit };
  if (window.offset < FAR || isSearch(filter)) return readPage(db, ask, waySql(ask, window));
  // A far page is nearer to the other end, if the total is still the same when it is read from there.
  const { total } = await readPage(db, ask, waySql(ask, { limit: 0, offset: 0 }));
  if (total <= window.offset) return readPage(db, ask, waySql(ask, { limit: 0, offset: 0 }));
  if (window.offset * 2 <= total) return readPage(db, ask, waySql(ask, window));
  const end = Math.min(window.offset + limit, total);
  const fromEnd = { limit: end - window.offset, offset: total - end, order: 'oldest first' } as const;
  const list = await readPage(db, ask, walkSql(ask, fromEnd));
  return list.total === total ? list : readPage(db, ask, waySql(ask, window));
}

/** From here on it pays to look from which end a page is nearer. */
const FAR = 5_000;

/** What is asked for, whatever the page. */
interface Ask {
  readonly userId: number;
  readonly filter: KeyFilter;
  readonly slice: KeySlice;
}

interface Window {
  readonly limit: number;
  readonly offset: number;
  /** Newest first unless told. */
  readonly order?: 'oldest first';
}

/**
 * The keys of a page are looked up one by one (OFFSET 0): there are a hundred at most, and the planner, which does not know, would read
 * all of a small table instead.
 * @param way the common table expressions `total(n)` and `page(id)`
 */
async function readPage(db: Database, { userId }: Ask, way: Prisma.Sql): Promise<KeyList> {
  const rows = await db.query<KeyRow & { total: number; counts: number; parts: number }>`
    WITH ${way}
    SELECT total.n AS total, (SELECT count(*)::int FROM key_count_changes WHERE user_id = ${userId}) AS counts,
      (SELECT count(*)::int FROM key_part_changes WHERE user_id = ${userId}) AS parts, ${keyColumns}
    FROM total LEFT JOIN page ON TRUE LEFT JOIN LATERAL (SELECT * FROM licence_keys WHERE id = page.id OFFSET 0) k ON TRUE
      LEFT JOIN services s ON s.id = k.service_id LEFT JOIN providers p ON p.id = k.provider_id
    ORDER BY k.id DESC`;
  const keys = rows.filter(({ id }) => id !== null).map(toKeyRecord);
  return { keys, total: rows[0]?.total ?? 0, pending: { counts: rows[0]?.counts ?? 0, parts: rows[0]?.parts ?? 0 } };
}

function waySql(ask: Ask, window: Window): Prisma.Sql {
  const { filter, slice } = ask;
  if (isSearch(filter)) return searchSql(ask, window);
  const isSliced = isTimed(slice) || slice.states.length < ALL_STATES_COUNT;
  const isWhole = filter.providerId === null && filter.serviceId === null;
  if (isCounted(filter) && isSliced && isWhole) return bucketSql(ask, window, totalSql(ask));
  return walkSql(ask, window);
}

const ALL_STATES_COUNT = 4;

/** Whether what matches is found by trigrams. */
function isSearch({ keyPart, hwidPart }: KeyFilter): boolean {
  return isIndexed(keyPart) || isIndexed(hwidPart);
}

/** Whether the index over trigrams is of use for a part: it needs two letters or digits in a row, and three characters in all. */
function isIndexed(part: string | null): boolean {
  return part !== null && [...part].length >= 3 && /[\p{L}\p{N}]{2}/u.test(part);
}

function totalSql({ userId, filter, slice }: Ask): Prisma.Sql {
  if (isCounted(filter)) return countSql(userId, slice, filter);
  const { keyPart, hwidPart } = filter;
  if (keyPart !== null && isOnly(filter, 'keyPart') && isCountedPart(keyPart))
    return partCountSql(userId, PART_OF.key, storedKeyPart(keyPart));
  if (hwidPart !== null && isOnly(filter, 'hwidPart')) {
    if (isCountedPart(hwidPart)) return partCountSql(userId, PART_OF.hwids, storedHwidPart(hwidPart));
    return Prisma.sql`(SELECT count(*)::int FROM (SELECT FROM key_hwids h WHERE ${hwidMatches(userId, hwidPart)} GROUP BY h.key_id) AS matching)`;
  }
  return Prisma.sql`(SELECT count(*)::int FROM licence_keys k WHERE ${conditionsSql({ userId, filter, slice })})`;
}

/**
 * In the order of ids: the index of the seller's keys, or of their HWIDs, is read until the page is full, and not at all where
 * there is no such page.
 */
function walkSql(ask: Ask, { limit, offset, order }: Window): Prisma.Sql {
  const direction = order === 'oldest first' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const isThere = Prisma.sql`(SELECT n FROM total) > ${offset}`;
  const { hwidPart } = ask.filter;
  const ids =
    hwidPart !== null && isOnly(ask.filter, 'hwidPart')
      ? Prisma.sql`SELECT DISTINCT h.key_id AS id FROM key_hwids h WHERE ${hwidMatches(ask.userId, hwidPart)} AND ${isThere} ORDER BY h.key_id`
      : Prisma.sql`SELECT k.id FROM licence_keys k WHERE ${conditionsSql(ask)} AND ${isThere} ORDER BY k.id`;
  return Prisma.sql`
    total AS (SELECT ${totalSql(ask)} AS n),
    page AS (${ids} ${direction} OFFSET ${offset} LIMIT ${limit})`;
}

/**
 * By state and week of expiry, of which there are some hundred, however many keys. The newest keys of each are a sample: the page reaches
 * no further back than to the key that is as far down in the sample as the page's last one is in the list (the bound), so of each week
 * only the keys from there on are read. Limits that change nothing tell the planner how little it is.
 */
function bucketSql({ userId, slice }: Ask, { limit, offset }: Window, total: Prisma.Sql): Prisma.Sql {
  const reach = offset + limit;
  const sampled = Math.ceil(reach / SAMPLED_BUCKETS);
  const newest = (count: number, from: Prisma.Sql) => Prisma.sql`
    SELECT k.id FROM licence_keys k
    WHERE k.user_id = ${userId} AND k.state = bucket.state AND k.expiry_week = bucket.week AND ${from} AND ${expirySql(slice)}
    ORDER BY k.user_id DESC, k.state DESC, k.expiry_week DESC, k.id DESC LIMIT ${count}`;
  return Prisma.sql`
    total AS (SELECT ${total} AS n),
    bucket AS MATERIALIZED (${bucketsSql(userId, slice)}),
    sample AS MATERIALIZED (
      SELECT bucket.state, bucket.week, key.id FROM bucket CROSS JOIN LATERAL (${newest(sampled, Prisma.sql`TRUE`)}) AS key
    ),
    bound AS MATERIALIZED (SELECT coalesce((SELECT id FROM sample ORDER BY id DESC OFFSET ${Math.max(reach, 1) - 1} LIMIT 1), 0) AS id),
    page AS (
      SELECT key.id
      FROM (SELECT DISTINCT state, week FROM sample WHERE id >= (SELECT id FROM bound) LIMIT ${reach}) AS bucket
        CROSS JOIN LATERAL (${newest(reach, Prisma.sql`k.id >= (SELECT id FROM bound)`)}) AS key
      ORDER BY key.id DESC OFFSET ${offset} LIMIT ${limit}
    )`;
}

/** With fewer states and weeks than this the sample gives no bound: then each is read as far as the page reaches. */
const SAMPLED_BUCKETS = 16;

/**
 * By a part of the key or of an HWID: what matches is found once, for the page and the total. As an array of ids, oldest first,
 * it costs little more than counting: keys are found nearly in that order, and the page of any offset is a slice of it.
 */
function searchSql(ask: Ask, { limit, offset }: Window): Prisma.Sql {
  const { hwidPart } = ask.filter;
  const skipped = Math.min(offset, MOST_IDS);
  const found =
    hwidPart !== null && isOnly(ask.filter, 'hwidPart')
      ? Prisma.sql`SELECT array_agg(DISTINCT h.key_id ORDER BY h.key_id) AS ids FROM key_hwids h WHERE ${hwidMatches(ask.userId, hwidPart)}`
      : Prisma.sql`SELECT array_agg(k.id ORDER BY k.id) AS ids FROM licence_keys k WHERE ${conditionsSql(ask)}`;
  return Prisma.sql`
    found AS MATERIALIZED (${found}),
    total AS (SELECT coalesce(cardinality(ids), 0) AS n FROM found),
    page AS (SELECT unnest(ids[n - ${skipped + limit}::int + 1 : n - ${skipped}::int]) AS id FROM found CROSS JOIN total)`;
}

/** More than an array of the database holds; offsets go further than its numbers. */
const MOST_IDS = 1_000_000_000;

function hwidMatches(userId: number, part: string): Prisma.Sql {
  const stored = storedHwidPart(part);
  if (isIndexed(part)) return Prisma.sql`h.user_id = ${userId} AND h.folded LIKE ${storedHwidPart(likePattern(part))}`;
  return Prisma.sql`h.user_id = ${userId} AND strpos(h.folded, ${stored}) > 0`;
}

/** Key values are capitals (a CHECK says so): no need to fold them row by row. */
function storedKeyPart(part: string): Prisma.Sql {
  return Prisma.sql`upper(${part}::text)`;
}

/** As the database folds HWIDs. */
function storedHwidPart(part: string): Prisma.Sql {
  return Prisma.sql`lower(${part}::text)`;
}

function conditionsSql({ userId, filter, slice }: Ask): Prisma.Sql {
  const conditions = [Prisma.sql`k.user_id = ${userId}`];
  if (filter.discordId !== null) conditions.push(Prisma.sql`k.discord_id = ${filter.discordId}`);
  conditions.push(...parentConditions(userId, filter));
  if (slice.states.length < ALL_STATES_COUNT) conditions.push(Prisma.sql`k.state = ANY(${slice.states}::smallint[])`);
  if (isTimed(slice)) conditions.push(expirySql(slice));
  if (filter.keyPart !== null) {
    const { keyPart } = filter;
    // Nothing is known of how often strpos finds something: so the walk is never given up for an index over trigrams, or for all rows.
    conditions.push(
      isIndexed(keyPart)
        ? Prisma.sql`k.key_value LIKE ${storedKeyPart(likePattern(keyPart))}`
        : Prisma.sql`strpos(k.key_value, ${storedKeyPart(keyPart)}) > 0`,
    );
  }
  if (filter.hwidPart !== null) {
    conditions.push(Prisma.sql`k.id IN (SELECT h.key_id FROM key_hwids h WHERE ${hwidMatches(userId, filter.hwidPart)})`);
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
