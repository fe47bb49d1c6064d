/**
 * Fills tables while their indexes and foreign keys are away, which is many times as fast; triggers stay, so that the counters they
 * keep are right, and so do unique indexes, by which triggers look rows up. Makes both anew and gathers statistics at the end.
 * @param {import('pg').Pool} pool
 * @param {readonly string[]} tables
 * @param {() => Promise<void>} fill
 */
export async function bulkLoad(pool, tables, fill) {
  const { rows: indexes } = await pool.query(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE schemaname = 'public' AND tablename = ANY($1) AND indexdef NOT LIKE 'CREATE UNIQUE%'`,
    [tables],
  );
  const { rows: keys } = await pool.query(
    `SELECT conname AS name, conrelid::regclass::text AS "table", pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE contype = 'f' AND conrelid::regclass::text = ANY($1)`,
    [tables],
  );
  for (const { name, table } of keys) await pool.query(`ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
  for (const { name } of indexes) await pool.query(`DROP INDEX "${name}"`);
  await fill();
  // Statements in one query share a connection, and with it the memory that is set for them.
  for (const { definition } of indexes) await pool.query(`SET maintenance_work_mem = '512MB'; ${definition}`);
  for (const { name, table, definition } of keys) await pool.query(`ALTER TABLE ${table} ADD CONSTRAINT "${name}" ${definition}`);
  for (const table of tables) await pool.query(`VACUUM ANALYZE ${table}`);
}
