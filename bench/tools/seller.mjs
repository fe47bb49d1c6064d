/** @typedef {import('./house.mjs').House} House */
/** @typedef {import('./databases.mjs').BenchDatabase} BenchDatabase */

/**
 * A seller with a key of the REST API, a provider and a service.
 * @typedef {object} Seller
 * @property {number} id
 * @property {string} apiKey
 * @property {number} providerId
 * @property {number} serviceId
 */

/**
 * Makes a seller as an operator and the seller would.
 * @param {House} house with accounts and licensing
 * @returns {Promise<Seller>}
 */
export async function makeSeller(house) {
  const { id } = await house.call('POST', '/admin/v1/users', { name: 'Seller' });
  const { secret } = await house.call('POST', `/admin/v1/users/${id}/credentials`, { kind: 'rest-api', scopes: ['rest-api:*'] });
  const { provider } = await house.call('POST', '/providers', { name: 'Shop' }, secret);
  const { service } = await house.call('POST', '/services', { name: 'Program' }, secret);
  return { id, apiKey: secret, providerId: provider.id, serviceId: service.id };
}

/** SQL of the value of key number `i`: as good as random, and known to whoever counts. */
export const KEY_VALUE_SQL = `regexp_replace(upper(left(md5('bench' || i), 16)), '(....)(....)(....)(....)', '\\1-\\2-\\3-\\4')`;

/**
 * Gives a seller keys that were used and are bound to one HWID each, `hwid-1` and so on.
 * @param {BenchDatabase} database
 * @param {Seller} seller
 * @param {number} count
 * @returns {Promise<{ key: string, hwid: string }[]>}
 */
export async function makeBoundKeys({ pool }, { id, providerId, serviceId }, count) {
  await pool.query(
    `INSERT INTO licence_keys (key_value, user_id, provider_id, service_id, key_name, hwid_limit, hwid_count, used_at, expires_at)
     SELECT ${KEY_VALUE_SQL}, $1, $2, $3, 'key ' || i, 1, 1, now(), now() + interval '300 days' FROM generate_series(1, $4) AS i`,
    [id, providerId, serviceId, count],
  );
  await pool.query(
    `INSERT INTO key_hwids (key_id, user_id, hwid, bound_by)
     SELECT id, $1, 'hwid-' || substr(key_name, 5), 'verify' FROM licence_keys WHERE user_id = $1`,
    [id],
  );
  await pool.query('VACUUM ANALYZE licence_keys, key_hwids');
  const { rows } = await pool.query(
    `SELECT key_value AS key, hwid FROM licence_keys k JOIN key_hwids h ON h.key_id = k.id WHERE k.user_id = $1 ORDER BY md5(hwid)`,
    [id],
  );
  return rows;
}
