import { bulkLoad } from './bulk-load.mjs';
import { fillPartCounts } from './fill-part-counts.mjs';
import { makeVouchers } from './vouchers.mjs';

/** @typedef {import('pg').Pool} Pool */

/**
 * Fills the tables that are listed with so many rows each: keys of one seller in all states, half of them with an HWID, users, vouchers
 * of one site, and the audit log.
 * @param {Pool} pool
 * @param {{ readonly sellerId: number, readonly providerId: number, readonly serviceId: number, readonly siteId: number, readonly count: number }} options
 */
export async function fillLists(pool, { sellerId, providerId, serviceId, siteId, count }) {
  await bulkLoad(pool, ['licence_keys', 'key_hwids'], async () => {
    await pool.query(KEYS_SQL, [sellerId, providerId, serviceId, count]);
    // It looks each key up, and the indexes are away.
    await pool.query('ALTER TABLE key_hwids DISABLE TRIGGER hwid_counts_insert');
    await pool.query(HWIDS_SQL, [sellerId]);
    await pool.query('ALTER TABLE key_hwids ENABLE TRIGGER hwid_counts_insert');
  });
  await fillPartCounts(pool, sellerId);
  await bulkLoad(pool, ['users'], () => pool.query(USERS_SQL, [count]).then(() => undefined));
  await bulkLoad(pool, ['vouchers'], () => makeVouchers(pool, siteId, count));
  await bulkLoad(pool, ['audit_log'], () => pool.query(AUDIT_SQL, [count]).then(() => undefined));
  await pool.query(AUDIT_COUNTS_SQL);
  await pool.query('VACUUM ANALYZE');
}

/** Of the keys 40 % were used, 5 % are invalidated, and a third has no expiry; the others expire within 300 days before or after now. */
const KEYS_SQL = `
  INSERT INTO licence_keys (key_value, user_id, provider_id, service_id, key_name, discord_id, is_invalidated, one_time_use, hwid_count, used_at, expires_at)
  SELECT regexp_replace(upper(left(md5('a' || i), 16)), '(....)(....)(....)(....)', '\\1-\\2-\\3-\\4'), $1, CASE WHEN i % 5 = 0 THEN $2::int END,
    CASE WHEN i % 4 = 0 THEN $3::int END, 'key ' || i, CASE WHEN i % 100 = 0 THEN '2000000000000000' || i % 10 END, i % 20 = 1, i % 10 = 2, 1 - i % 2,
    CASE WHEN i % 5 < 2 THEN now() - i * interval '1 second' END,
    CASE WHEN i % 3 > 0 THEN now() + (i::bigint * 7919 % 432000 - 216000) * interval '2 minutes' END
  FROM generate_series(1, $4::int) AS i`;

const HWIDS_SQL = `
  INSERT INTO key_hwids (key_id, user_id, hwid, bound_by)
  SELECT id, $1, upper(left(md5('h' || id), 12)), 'verify' FROM licence_keys WHERE user_id = $1 AND hwid_count = 1`;

const USERS_SQL = `
  INSERT INTO users (name, email, login, membership, membership_expires_at, is_active, created_at)
  SELECT 'User ' || i, md5('u' || i) || '@mail.example', 'user' || i, (ARRAY['free', 'premium', 'lifetime'])[i % 3 + 1]::membership,
    CASE WHEN i % 3 = 1 THEN now() + (i % 400 - 200) * interval '1 day' END, i % 50 > 0, now() - i * interval '1 second'
  FROM generate_series(1, $1::int) AS i`;

const AUDIT_SQL = `
  INSERT INTO audit_log (at, request_id, dialect, endpoint, principal, address, outcome, status, duration_ms, writer, seq, mac)
  SELECT now() - i * interval '1 second', md5('r' || i), (ARRAY['keys', 'web-api', 'phpstrap', 'altercpa', 'hotspot'])[i % 5 + 1],
    'endpoint ' || i % 30, 'user:' || i % 1000, '203.0.113.' || i % 250, CASE WHEN i % 10 = 0 THEN 'BAD_CREDENTIAL' ELSE 'OK' END,
    CASE WHEN i % 10 = 0 THEN 401 ELSE 200 END, i % 40, 'bench', i, '\\x00'
  FROM generate_series(1, $1::int) AS i`;

const AUDIT_COUNTS_SQL = `
  INSERT INTO audit_counts (minute, dialect, requests, refusals)
  SELECT date_trunc('minute', at, 'UTC'), dialect, count(*), count(*) FILTER (WHERE status >= 400) FROM audit_log GROUP BY 1, 2
  ON CONFLICT (minute, dialect) DO UPDATE SET requests = excluded.requests, refusals = excluded.refusals`;
