import { bulkLoad } from './bulk-load.mjs';
import { fillPartCounts } from './fill-part-counts.mjs';
import { makeVouchers } from './vouchers.mjs';

/** @typedef {import('pg').Pool} Pool */

/** Rows of a full page of each list. */
export const PAGE_ROWS = { keys: 50, users: 25, vouchers: 100, audit: 50 };

/**
 * What the first characters are of a page of keys, HWIDs and e-mails at every size, spread over the whole table; those that begin so by
 * chance grow with the table. Otherwise a search would find a row or two among a thousand and a page of 50 among a million, and the
 * bench would compare pages instead of searches.
 */
export const SHARED_STARTS = { key: '7C0D-', hwid: 'C0FFE', email: 'beac0' };

/** What a page of keys and of the audit log has at every size in the same way; other rows have it by their number. */
export const SHARED = { discordId: '20000000000000000', endpoint: 'endpoint 7', principal: 'user:7', address: '203.0.113.7' };

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

/**
 * SQL for whether row `i` is one of so many that are spread evenly over all.
 * @param {number} rows
 * @param {string} count SQL of how many there are in all
 */
const isOneOf = (rows, count) => `i % (${count} / ${rows}) = 0`;

/** Of the keys 40 % were used, 5 % are invalidated, and a third has no expiry; the others expire within 300 days before or after now. */
const KEYS_SQL = `
  INSERT INTO licence_keys (key_value, user_id, provider_id, service_id, key_name, discord_id, is_invalidated, one_time_use, hwid_count, used_at, expires_at)
  SELECT CASE WHEN is_shared THEN '${SHARED_STARTS.key}' || right(value, -5) ELSE value END, $1, CASE WHEN i % 5 = 0 THEN $2::int END,
    CASE WHEN i % 4 = 0 THEN $3::int END, 'key ' || i, CASE WHEN is_shared OR i % 100 = 0 THEN '${SHARED.discordId}' END, i % 20 = 1, i % 10 = 6,
    1 - i % 2, CASE WHEN i % 5 < 2 THEN now() - i * interval '1 second' END,
    CASE WHEN i % 3 > 0 THEN now() + (i::bigint * 7919 % 432000 - 216000) * interval '2 minutes' END
  FROM generate_series(1, $4::int) AS i
  CROSS JOIN LATERAL (SELECT regexp_replace(upper(left(md5('a' || i), 16)), '(....)(....)(....)(....)', '\\1-\\2-\\3-\\4') AS value,
    ${isOneOf(PAGE_ROWS.keys, '$4::int')} AS is_shared) AS row`;

/** The keys that share a start are even in number, so each of them has an HWID, and these share one too. */
const HWIDS_SQL = `
  INSERT INTO key_hwids (key_id, user_id, hwid, bound_by)
  SELECT id, $1, CASE WHEN key_value LIKE '${SHARED_STARTS.key}%' THEN '${SHARED_STARTS.hwid}' || right(value, -5) ELSE value END, 'verify'
  FROM licence_keys CROSS JOIN LATERAL (SELECT upper(left(md5('h' || id), 12)) AS value) AS row WHERE user_id = $1 AND hwid_count = 1`;

const USERS_SQL = `
  INSERT INTO users (name, email, login, membership, membership_expires_at, is_active, created_at)
  SELECT 'User ' || i, CASE WHEN ${isOneOf(PAGE_ROWS.users, '$1::int')} THEN '${SHARED_STARTS.email}' || right(md5('u' || i), -5) ELSE md5('u' || i) END
      || '@mail.example', 'user' || i, (ARRAY['free', 'premium', 'lifetime'])[i % 3 + 1]::membership,
    CASE WHEN i % 3 = 1 THEN now() + (i % 400 - 200) * interval '1 day' END, i % 50 > 0, now() - i * interval '1 second'
  FROM generate_series(1, $1::int) AS i`;

const AUDIT_SQL = `
  INSERT INTO audit_log (at, request_id, dialect, endpoint, principal, address, outcome, status, duration_ms, writer, seq, mac)
  SELECT now() - i * interval '1 second', md5('r' || i), (ARRAY['keys', 'web-api', 'phpstrap', 'altercpa', 'hotspot'])[i % 5 + 1],
    CASE WHEN is_shared THEN '${SHARED.endpoint}' ELSE 'endpoint ' || i % 30 END, CASE WHEN is_shared THEN '${SHARED.principal}' ELSE 'user:' || i % 1000 END,
    CASE WHEN is_shared THEN '${SHARED.address}' ELSE '203.0.113.' || i % 250 END, CASE WHEN i % 10 = 0 THEN 'BAD_CREDENTIAL' ELSE 'OK' END,
    CASE WHEN i % 10 = 0 THEN 401 ELSE 200 END, i % 40, 'bench', i, '\\x00'
  FROM generate_series(1, $1::int) AS i CROSS JOIN LATERAL (SELECT ${isOneOf(PAGE_ROWS.audit, '$1::int')} AS is_shared) AS row`;

const AUDIT_COUNTS_SQL = `
  INSERT INTO audit_counts (minute, dialect, requests, refusals)
  SELECT date_trunc('minute', at, 'UTC'), dialect, count(*), count(*) FILTER (WHERE status >= 400) FROM audit_log GROUP BY 1, 2
  ON CONFLICT (minute, dialect) DO UPDATE SET requests = excluded.requests, refusals = excluded.refusals`;
