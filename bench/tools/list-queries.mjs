import { ADMIN_TOKEN } from './house.mjs';

/**
 * A list to be asked for.
 * @typedef {object} ListQuery
 * @property {string} name
 * @property {string} path
 * @property {string} [method]
 * @property {Readonly<Record<string, string>>} headers
 * @property {string} [body]
 * @property {boolean} [isHard] a deep page or a part of one or two characters: it may take a time of its own
 * @property {{ text: string, values: readonly unknown[] }} [statement] asked of the database itself, in place of the path: a limit
 * @property {boolean} [once] its answer is kept for a while, so that only the first call tells what making it takes
 */

/**
 * Who asks, and of how many rows.
 * @typedef {object} Asker
 * @property {number} id of the seller
 * @property {string} apiKey of the seller
 * @property {number} providerId
 * @property {number} serviceId
 * @property {string} siteApiKey
 * @property {string} resellerToken
 * @property {number} count
 */

/** Parts of a text that hold 1, 2, 3 and 5 characters of `text`. @param {string} text */
const partsOf = (text) => [1, 2, 3, 5].map((length) => ({ part: text.slice(0, length), isHard: length < 3, length }));

/**
 * All lists that are measured, for one house: parts are those of a row that it holds.
 * @param {import('./house.mjs').House} house
 * @param {Asker} asker
 * @returns {Promise<ListQuery[]>}
 */
export async function findQueries(house, asker) {
  return [...(await keyQueries(house, asker)), ...(await userQueries(house, asker)), ...voucherQueries(asker), ...operatorQueries()];
}

/**
 * @param {import('./house.mjs').House} house
 * @param {Asker} asker
 * @returns {Promise<ListQuery[]>}
 */
async function keyQueries(house, { id, apiKey, providerId, serviceId, count }) {
  const { keys } = await house.call('GET', '/keys?limit=50', undefined, apiKey);
  const value = keys[0].key_value;
  const hwid = keys.find((/** @type {any} */ key) => key.hwids.length > 0).hwids[0].hwid;
  const soon = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const headers = { authorization: `Bearer ${apiKey}` };
  /** @param {string} name @param {string} query @param {object} [more] @returns {ListQuery} */
  const keysBy = (name, query, more) => ({ name: `keys: ${name}`, path: `/keys?limit=50${query}`, headers, ...more });
  return [
    keysBy('first page', ''),
    keysBy('deep page', `&page=${Math.floor(count / 100)}`, { isHard: true }),
    keysBy('last page', `&page=${Math.ceil(count / 50)}`, { isHard: true }),
    ...['unused', 'active', 'used', 'expired', 'invalidated'].map((status) => keysBy(`status ${status}`, `&status=${status}`)),
    keysBy('provider', `&provider_id=${providerId}`),
    keysBy('service', `&service_id=${serviceId}`),
    keysBy('provider and service', `&provider_id=${providerId}&service_id=${serviceId}`),
    keysBy('Discord id', '&discord_id=20000000000000000'),
    keysBy('expires before', `&expires_before=${soon}`),
    keysBy('expires after', `&expires_after=${soon}`),
    ...partsOf(value).map(({ part, isHard, length }) => keysBy(`${length} of a key`, `&key=${part}`, { isHard })),
    ...partsOf(hwid).map(({ part, isHard, length }) => keysBy(`${length} of an HWID`, `&hwid=${part}`, { isHard })),
    ...[value.slice(0, 3), value.slice(0, 5)].map((part) => countAlone(`${part.length} of a key`, KEYS_LIKE, id, part)),
    countAlone('3 of an HWID', HWIDS_LIKE, id, hwid.slice(0, 3).toLowerCase()),
  ];
}

const KEYS_LIKE = 'SELECT count(*) FROM licence_keys WHERE user_id = $1 AND key_value LIKE $2';
const HWIDS_LIKE = 'SELECT count(DISTINCT key_id) FROM key_hwids WHERE user_id = $1 AND folded LIKE $2';

/**
 * The limit of a search that tells its total: the bare statement that counts.
 * @param {string} name @param {string} text @param {number} sellerId @param {string} part
 * @returns {ListQuery}
 */
function countAlone(name, text, sellerId, part) {
  return { name: `(the total alone, by SQL: ${name})`, path: '', headers: {}, statement: { text, values: [sellerId, `%${part}%`] } };
}

/**
 * @param {import('./house.mjs').House} house
 * @param {Asker} asker
 * @returns {Promise<ListQuery[]>}
 */
async function userQueries(house, { resellerToken, count }) {
  const headers = { authorization: `Bearer ${resellerToken}` };
  /** @param {string} name @param {string} query @param {object} [more] @returns {ListQuery} */
  const usersBy = (name, query, more) => ({ name: `users.php: ${name}`, path: `/api/v1/users.php?per_page=25${query}`, headers, ...more });
  const { data } = await house.call('GET', '/api/v1/users.php?page=2', undefined, resellerToken);
  return [
    usersBy('first page', ''),
    usersBy('deep page', `&page=${Math.floor(count / 50)}`, { isHard: true }),
    usersBy('status premium', '&status=premium'),
    ...partsOf(data[0].email).map(({ part, isHard, length }) => usersBy(`${length} of an e-mail`, `&email=${part}`, { isHard })),
  ];
}

/**
 * @param {Asker} asker
 * @returns {ListQuery[]}
 */
function voucherQueries({ siteApiKey, count }) {
  /** @param {string} name @param {number} page @param {object} [more] @returns {ListQuery} */
  const vouchersAt = (name, page, more) => ({
    name: `get_voucher_users: ${name}`,
    path: '/api/',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ 'api-key': siteApiKey, action: 'get_voucher_users', page, per_page: 100 }),
    ...more,
  });
  return [vouchersAt('first page', 1), vouchersAt('deep page', Math.floor(count / 200), { isHard: true })];
}

/** @returns {ListQuery[]} */
function operatorQueries() {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  /** @param {string} name @param {string} query @returns {ListQuery} */
  const auditBy = (name, query) => ({ name: `audit: ${name}`, path: `/admin/v1/audit?limit=50${query}`, headers });
  const lately = new Date(Date.now() - 600_000).toISOString();
  return [
    auditBy('first page', ''),
    auditBy('dialect', '&dialect=keys'),
    auditBy('endpoint', '&endpoint=endpoint%207'),
    auditBy('principal', '&principal=user:7'),
    auditBy('outcome', '&outcome=BAD_CREDENTIAL'),
    auditBy('address', '&address=203.0.113.7'),
    auditBy('dialect and outcome', '&dialect=keys&outcome=BAD_CREDENTIAL'),
    auditBy('until ten minutes ago', `&to=${lately}`),
    { name: 'overview, counted anew', path: '/admin/v1/overview', headers, once: true },
    { name: 'overview', path: '/admin/v1/overview', headers },
  ];
}
