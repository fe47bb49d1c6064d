import { type Database, Prisma } from '@gatehouse/db';

/** In what a part is looked for: the key itself, or all HWIDs of a key. The numbers are `key_part_counts.kind`. */
export const PART_OF = { key: 0, hwids: 1 } as const;

export type PartOf = (typeof PART_OF)[keyof typeof PART_OF];

/**
 * Whether keys with this part are counted (`counted_parts` in the migration): one or two characters, and three around a dash.
 * An index over trigrams is of no use for them, and most keys may have them.
 */
export function isCountedPart(part: string): boolean {
  const [, second, third, ...more] = part;
  return third === undefined || (second === '-' && more.length === 0);
}

/**
 * An SQL expression for how many of a seller's keys have a counted part: exact, from the counts and from the texts that triggers
 * have noted since these were folded. Read in one statement with a page it agrees with it.
 * @param part as it is stored: a key's in capitals, an HWID's in lower case
 */
export function partCountSql(userId: number, partOf: PartOf, part: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    coalesce((SELECT n FROM key_part_counts WHERE user_id = ${userId} AND kind = ${partOf}::smallint AND part = ${part}), 0)
    + (SELECT coalesce(sum(n), 0) FROM key_part_changes CROSS JOIN unnest(texts) AS text
       WHERE user_id = ${userId} AND kind = ${partOf}::smallint AND CASE WHEN is_cut THEN text = ${part} ELSE strpos(text, ${part}) > 0 END))::int`;
}

/** A row holds 200 texts at most (the migration). Cutting up 2,000 holds up an embedded database for a third of a second. */
const FOLDED_AT_ONCE = 10;

/** Adds a seller's noted texts to the counts, some in each statement, so that no reader ever sees them twice or not at all. */
export async function foldSellerPartCounts(db: Database, userId: number): Promise<void> {
  let folded: number;
  do {
    const [row] = await db.query<{ folded: number }>`
      WITH folded AS (
        DELETE FROM key_part_changes
        WHERE id IN (SELECT id FROM key_part_changes WHERE user_id = ${userId} LIMIT ${FOLDED_AT_ONCE} FOR UPDATE SKIP LOCKED)
        RETURNING user_id, kind, texts, is_cut, n
      ), cut AS (
        SELECT user_id, kind, part, n FROM folded CROSS JOIN unnest(texts) AS text CROSS JOIN counted_parts(text) AS part WHERE NOT is_cut
        UNION ALL
        SELECT user_id, kind, part, n FROM folded CROSS JOIN unnest(texts) AS part WHERE is_cut
      ), added AS (
        INSERT INTO key_part_counts (user_id, kind, part, n)
        SELECT user_id, kind, part, sum(n) FROM cut GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3
        ON CONFLICT (user_id, kind, part) DO UPDATE SET n = key_part_counts.n + excluded.n
      )
      SELECT count(*)::int AS folded FROM folded`;
    folded = row?.folded ?? 0;
  } while (folded === FOLDED_AT_ONCE);
}

/** Folds what is noted of every seller. */
export async function foldAllPartCounts(db: Database): Promise<void> {
  const sellers = await db.query<{ user_id: number }>`SELECT DISTINCT user_id FROM key_part_changes`;
  for (const { user_id } of sellers) await foldSellerPartCounts(db, user_id);
}
