/** @typedef {import('pg').Pool} Pool */

const ROWS_AT_ONCE = 20_000;

/**
 * Writes the counts of short parts (`key_part_counts`) of a seller's keys and HWIDs. What triggers note of a million keys would take
 * the service minutes to fold.
 * @param {Pool} pool
 * @param {number} sellerId
 */
export async function fillPartCounts(pool, sellerId) {
  await pool.query('TRUNCATE key_part_changes');
  await fillKind(pool, sellerId, 0, 'SELECT id, key_value AS text FROM licence_keys WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3');
  await fillKind(pool, sellerId, 1, 'SELECT id, folded AS text FROM key_hwids WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3');
}

/**
 * @param {Pool} pool
 * @param {number} sellerId
 * @param {number} kind as in `key_part_counts`
 * @param {string} page SQL of some texts by id
 */
async function fillKind(pool, sellerId, kind, page) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (let after = 0; ; ) {
    const { rows } = await pool.query(page, [sellerId, after, ROWS_AT_ONCE]);
    for (const { text } of rows) for (const part of cut(text)) counts.set(part, (counts.get(part) ?? 0) + 1);
    if (rows.length < ROWS_AT_ONCE) break;
    after = rows.at(-1).id;
  }
  await pool.query('DELETE FROM key_part_counts WHERE user_id = $1 AND kind = $2', [sellerId, kind]);
  await pool.query(
    'INSERT INTO key_part_counts (user_id, kind, part, n) SELECT $1, $2, part, n FROM unnest($3::text[], $4::int[]) AS row(part, n)',
    [sellerId, kind, [...counts.keys()], [...counts.values()]],
  );
}

/**
 * The parts that are counted, each once, as `counted_parts` of the migrations cuts them.
 * @param {string} text
 */
function cut(text) {
  /** @type {Set<string>} */
  const parts = new Set();
  for (let start = 0; start < text.length; start += 1) {
    parts.add(text.charAt(start));
    if (start + 1 < text.length) parts.add(text.slice(start, start + 2));
    if (text[start + 1] === '-' && start + 2 < text.length) parts.add(text.slice(start, start + 3));
  }
  return parts;
}
