import { PAGE_ROWS, SHARED, SHARED_STARTS } from './fill-lists.mjs';
import { ADMIN_TOKEN } from './house.mjs';

/**
 * A list to be asked for.
 * @typedef {object} ListQuery
 * @property {string} name
 * @property {string} path
 * @property {string} [method]
 * @property {Readonly<Record<string, string>>} headers
 * @property {string} [body]
 * @property {number} [rows] how many there must be in the answer, at every size
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
 * All lists that are measured. Each answers a full page at every size: `fillLists` sees to it.
 * @param {Asker} asker
 * @returns {ListQuery[]}
 */
export function listQueries(asker) {
  return [...keyQueries(asker), ...userQueries(asker), ...voucherQueries(asker), ...operatorQueries()];
}

/**
 * @param {Asker} asker
 * @returns {ListQuery[]}
 */
function keyQueries({ id, apiKey, providerId, serviceId, count }) {
  const { key, hwid } = SHARED_STARTS;
  const soon = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const headers = { authorization: `Bearer ${apiKey}` };
  const rows = PAGE_ROWS.keys;
  /** @param {string} name @param {string} query @param {object} [more] @returns {ListQuery} */
  const keysBy = (name, query, more) => ({ name: `keys: ${name}`, path: `/keys?limit=${rows}${query}`, headers, rows, ...more });
  return [
    keysBy('first page', ''),
    keysBy('first page of one key', '', { path: '/keys?limit=1', rows: 1 }),
    keysBy('deep page', `&page=${Math.floor(count / rows / 2)}`, { isHard: true }),
    keysBy('last page', `&page=${Math.ceil(count / rows)}`, { isHard: true }),
    ...['unused', 'active', 'used', 'expired', 'invalidated'].map((status) => keysBy(`status ${status}`, `&status=${status}`)),
    keysBy('provider', `&provider_id=${providerId}`),
    keysBy('service', `&service_id=${serviceId}`),
    keysBy('provider and service', `&provider_id=${providerId}&service_id=${serviceId}`),
    keysBy('Discord id', `&discord_id=${SHARED.discordId}`),
    keysBy('expires before', `&expires_before=${soon}`),
    keysBy('expires after', `&expires_after=${soon}`),
    ...partsOf(key).map(({ part, isHard, length }) => keysBy(`${length} of a key`, `&key=${part}`, { isHard })),
    ...partsOf(hwid).map(({ part, isHard, length }) => keysBy(`${length} of an HWID`, `&hwid=${part}`, { isHard })),
    countAlone('Discord id', KEYS_OF, [id, SHARED.discordId]),
    ...[key.slice(0, 3), key].map((part) => countAlone(`${part.length} of a key`, KEYS_LIKE, [id, `%${part}%`])),
    countAlone('3 of an HWID', HWIDS_LIKE, [id, `%${hwid.slice(0, 3).toLowerCase()}%`]),
  ];
}

const KEYS_OF = 'SELECT count(*) FROM licence_keys WHERE user_id = $1 AND discord_id = $2';
const KEYS_LIKE = 'SELECT count(*) FROM licence_keys WHERE user_id = $1 AND key_value LIKE $2';
const HWIDS_LIKE = 'SELECT count(DISTINCT key_id) FROM key_hwids WHERE user_id = $1 AND folded LIKE $2';

/**
 * The limit of a search that tells its total: the bare statement that counts.
 * @param {string} name @param {string} text @param {readonly unknown[]} values
 * @returns {ListQuery}
 */
function countAlone(name, text, values) {
  return { name: `(the total alone, by SQL: ${name})`, path: '', headers: {}, statement: { text, values } };
}

/**
 * @param {Asker} asker
 * @returns {ListQuery[]}
 */
function userQueries({ resellerToken, count }) {
  const rows = PAGE_ROWS.users;
  const headers = { authorization: `Bearer ${resellerToken}` };
  /** @param {string} name @param {string} query @param {object} [more] @returns {ListQuery} */
  const usersBy = (name, query, more) => ({
    name: `users.php: ${name}`,
    path: `/api/v1/users.php?per_page=${rows}${query}`,
    headers,
    rows,
    ...more,
  });
  return [
    usersBy('first page', ''),
    usersBy('deep page', `&page=${Math.floor(count / rows / 2)}`, { isHard: true }),
    usersBy('status premium', '&status=premium'),
    ...partsOf(SHARED_STARTS.email).map(({ part, isHard, length }) => usersBy(`${length} of an e-mail`, `&email=${part}`, { isHard })),
  ];
}

/**
 * @param {Asker} asker
 * @returns {ListQuery[]}
 */
function voucherQueries({ siteApiKey, count }) {
  const rows = PAGE_ROWS.vouchers;
  /** @param {string} name @param {number} page @param {object} [more] @returns {ListQuery} */
  const vouchersAt = (name, page, more) => ({
    name: `get_voucher_users: ${name}`,
    path: '/api/',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ 'api-key': siteApiKey, action: 'get_voucher_users', page, per_page: rows }),
    rows,
    ...more,
  });
  return [vouchersAt('first page', 1), vouchersAt('deep page', Math.floor(count / rows / 2), { isHard: true })];
}

/** @returns {ListQuery[]} */
function operatorQueries() {
  const rows = PAGE_ROWS.audit;
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  /** @param {string} name @param {string} query @returns {ListQuery} */
  const auditBy = (name, query) => ({ name: `audit: ${name}`, path: `/admin/v1/audit?limit=${rows}${query}`, headers, rows });
  const lately = new Date(Date.now() - 600_000).toISOString();
  return [
    auditBy('first page', ''),
    auditBy('dialect', '&dialect=keys'),
    auditBy('endpoint', `&endpoint=${encodeURIComponent(SHARED.endpoint)}`),
    auditBy('principal', `&principal=${SHARED.principal}`),
    auditBy('outcome', '&outcome=BAD_CREDENTIAL'),
    auditBy('address', `&address=${SHARED.address}`),
    auditBy('dialect and outcome', '&dialect=keys&outcome=BAD_CREDENTIAL'),
    auditBy('until ten minutes ago', `&to=${lately}`),
    { name: 'overview, counted anew', path: '/admin/v1/overview', headers, once: true },
    { name: 'overview', path: '/admin/v1/overview', headers },
  ];
}
