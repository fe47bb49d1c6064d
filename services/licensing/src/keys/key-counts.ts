import { type Database, Prisma } from '@gatehouse/db';
import { cutExpirySpan, DAY_MS, type Span } from './expiry-pieces.ts';
import { isTimed, type KeyFilter, type KeySlice } from './key-filter.ts';

/** The bucket of keys that never expire, in days and in hours. */
export const FOREVER = 2_147_483_647;

const SCOPE = { all: 0, provider: 1, service: 2, both: 3 } as const;
const UNIT = { day: 0, hour: 1 } as const;

/**
 * An SQL expression for how many keys a seller has in a slice, perhaps of one provider, one service or both: exact, from the counts
 * that triggers keep and from the few keys that expire within the same hour as a limit of the slice.
 *
 * Read in one statement with a page it agrees with it: keys and changes of counts are written by the same statements.
 */
export function countSql(
  userId: number,
  slice: KeySlice,
  { providerId, serviceId }: Pick<KeyFilter, 'providerId' | 'serviceId'>,
): Prisma.Sql {
  const { scope, scopeId, secondId } = scopeOf({ providerId, serviceId });
  const states = Prisma.sql`state = ANY(${slice.states}::smallint[])`;
  const parent = parentSql({ providerId, serviceId });
  const pieces = cutExpirySpan(slice.fromMs, slice.toMs, scope === SCOPE.all);
  const forever = slice.withForever ? [{ from: FOREVER, to: FOREVER + 1 }] : [];
  const dayHours = pieces.days.map(({ from, to }) => ({ from: from * 24, to: to * 24 }));
  const kept = anyOf([
    Prisma.sql`unit = ${UNIT.day}::smallint AND ${within(Prisma.sql`bucket`, isTimed(slice) ? [...pieces.days, ...forever] : null)}`,
    ...(pieces.hours.length === 0 ? [] : [Prisma.sql`unit = ${UNIT.hour}::smallint AND ${within(Prisma.sql`bucket`, pieces.hours)}`]),
  ]);
  const changedHours = isTimed(slice) ? [...dayHours, ...pieces.hours, ...forever] : null;
  const ofParent = Prisma.join([Prisma.sql`k.user_id = ${userId}`, ...parentConditions(userId, { providerId, serviceId })], ' AND ');
  const exact = pieces.rest.map(
    ({ from, to }) => Prisma.sql` + (SELECT count(*) FROM licence_keys k WHERE ${ofParent} AND ${states}
      AND expires_at >= ${new Date(from)} AND expires_at < ${new Date(to)})`,
  );
  return Prisma.sql`(
    (SELECT coalesce(sum(n), 0) FROM key_counts WHERE user_id = ${userId} AND scope = ${scope}::smallint
      AND scope_id = ${scopeId} AND second_id = ${secondId} AND ${states} AND (${kept}))
    + (SELECT coalesce(sum(n), 0) FROM key_count_changes WHERE user_id = ${userId} AND ${states} AND ${parent}
      AND ${within(Prisma.sql`expiry_hour`, changedHours)})
    ${exact.length === 0 ? Prisma.empty : Prisma.join(exact, '')})::int`;
}

function scopeOf({ providerId, serviceId }: Pick<KeyFilter, 'providerId' | 'serviceId'>) {
  if (providerId !== null && serviceId !== null) return { scope: SCOPE.both, scopeId: providerId, secondId: serviceId };
  const scope = providerId !== null ? SCOPE.provider : serviceId !== null ? SCOPE.service : SCOPE.all;
  return { scope, scopeId: providerId ?? serviceId ?? 0, secondId: 0 };
}

/**
 * The weeks of expiry (`licence_keys.expiry_week`), by state, in which a seller has keys of a slice: `(state, week)` rows.
 * A week may turn out to have none.
 */
export function bucketsSql(userId: number, slice: KeySlice): Prisma.Sql {
  const { days } = cutExpirySpan(floorTo(slice.fromMs, DAY_MS), floorTo(slice.toMs, DAY_MS) + DAY_MS, false);
  const forever = slice.withForever ? [{ from: FOREVER, to: FOREVER + 1 }] : [];
  const hours = days.map(({ from, to }) => ({ from: from * 24, to: to * 24 }));
  const states = Prisma.sql`state = ANY(${slice.states}::smallint[])`;
  return Prisma.sql`
    SELECT state, ${weekOf(Prisma.sql`bucket`, 7)} AS week FROM key_counts
    WHERE user_id = ${userId} AND scope = 0 AND scope_id = 0 AND second_id = 0 AND unit = 0 AND ${states} AND n > 0
      AND ${within(Prisma.sql`bucket`, [...days, ...forever])}
    UNION
    SELECT state, ${weekOf(Prisma.sql`expiry_hour`, 24 * 7)} FROM key_count_changes
    WHERE user_id = ${userId} AND n > 0 AND ${states} AND ${within(Prisma.sql`expiry_hour`, [...hours, ...forever])}`;
}

function weekOf(column: Prisma.Sql, perWeek: number): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${column} = ${FOREVER}::int THEN ${FOREVER}::int ELSE floor(${column} / ${perWeek}::numeric)::int END`;
}

function floorTo(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs;
}

const FOLDED_AT_ONCE = 10_000;

/**
 * Adds pending changes of a seller's counts to the counts, as one statement, so that no reader ever sees them twice or not at all.
 * @returns how many there were; fewer than asked for when there are no more
 */
async function foldKeyCounts(db: Database, userId: number): Promise<{ readonly isDone: boolean }> {
  const [row] = await db.query<{ folded: number }>`
    WITH folded AS (
      DELETE FROM key_count_changes
      WHERE id IN (SELECT id FROM key_count_changes WHERE user_id = ${userId} LIMIT ${FOLDED_AT_ONCE} FOR UPDATE SKIP LOCKED)
      RETURNING *
    ), spread AS (
      SELECT user_id, part.scope, part.scope_id, part.second_id, part.unit, state, part.bucket, sum(n) AS n
      FROM folded
      CROSS JOIN LATERAL (SELECT CASE WHEN expiry_hour = ${FOREVER} THEN ${FOREVER} ELSE floor(expiry_hour / 24.0)::int END AS day) AS expiry
      CROSS JOIN LATERAL (VALUES
        (0, 0, 0, 0, day),
        (0, 0, 0, 1, expiry_hour),
        (1, provider_id, 0, 0, day),
        (2, service_id, 0, 0, day),
        (3, provider_id, service_id, 0, day)
      ) AS part(scope, scope_id, second_id, unit, bucket)
      WHERE part.scope_id IS NOT NULL AND part.second_id IS NOT NULL
      GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0
    ), added AS (
      INSERT INTO key_counts (user_id, scope, scope_id, second_id, unit, state, bucket, n)
      SELECT * FROM spread ORDER BY 1, 2, 3, 4, 5, 6, 7
      ON CONFLICT (user_id, scope, scope_id, second_id, unit, state, bucket) DO UPDATE SET n = key_counts.n + excluded.n
    )
    SELECT count(*)::int AS folded FROM folded`;
  return { isDone: (row?.folded ?? 0) < FOLDED_AT_ONCE };
}

/** Folds the pending changes of every seller. */
export async function foldAllKeyCounts(db: Database): Promise<void> {
  const sellers = await db.query<{ user_id: number }>`SELECT DISTINCT user_id FROM key_count_changes`;
  for (const { user_id } of sellers) await foldSellerKeyCounts(db, user_id);
}

/** Folds all pending changes of a seller, some at a time. */
export async function foldSellerKeyCounts(db: Database, userId: number): Promise<void> {
  while (!(await foldKeyCounts(db, userId)).isDone);
}

/**
 * That a key `k` is of a provider and a service, where these are asked for. Whose they are is looked at first: the keys of another
 * seller's are never read through, so that it takes no longer to find none than for one that does not exist.
 */
export function parentConditions(userId: number, { providerId, serviceId }: Pick<KeyFilter, 'providerId' | 'serviceId'>): Prisma.Sql[] {
  const provider = Prisma.sql`k.provider_id = ${providerId} AND EXISTS (SELECT FROM providers WHERE id = ${providerId} AND user_id = ${userId})`;
  const service = Prisma.sql`k.service_id = ${serviceId} AND EXISTS (SELECT FROM services WHERE id = ${serviceId} AND user_id = ${userId})`;
  return [...(providerId === null ? [] : [provider]), ...(serviceId === null ? [] : [service])];
}

function parentSql({ providerId, serviceId }: Pick<KeyFilter, 'providerId' | 'serviceId'>): Prisma.Sql {
  const provider = providerId === null ? Prisma.sql`TRUE` : Prisma.sql`provider_id = ${providerId}`;
  return serviceId === null ? provider : Prisma.sql`${provider} AND service_id = ${serviceId}`;
}

/** @param spans null: anywhere; none: nowhere */
function within(column: Prisma.Sql, spans: readonly Span[] | null): Prisma.Sql {
  if (spans === null) return Prisma.sql`TRUE`;
  return anyOf(spans.map(({ from, to }) => Prisma.sql`${column} >= ${from}::bigint AND ${column} < ${to}::bigint`));
}

function anyOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  if (conditions.length === 0) return Prisma.sql`FALSE`;
  return Prisma.sql`(${Prisma.join(
    conditions.map((condition) => Prisma.sql`(${condition})`),
    ' OR ',
  )})`;
}
