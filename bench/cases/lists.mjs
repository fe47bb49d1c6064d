import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../tools/databases.mjs';
import { fillLists, PAGE_ROWS } from '../tools/fill-lists.mjs';
import { startHouse } from '../tools/house.mjs';
import { listQueries } from '../tools/list-queries.mjs';
import { formatMs } from '../tools/report.mjs';
import { median } from '../tools/rounds.mjs';
import { makeSeller } from '../tools/seller.mjs';

/** @typedef {import('../tools/house.mjs').House} House */
/** @typedef {import('../tools/list-queries.mjs').ListQuery} ListQuery */

const FULL_SIZES = [1_000, 100_000, 1_000_000];
const QUICK_SIZES = [1_000, 3_000];
/** What the greatest may take, times the smallest. */
const GROWTH = 1.5;
/** What a deep page and parts of one or two characters may take at any size, in milliseconds. */
const CEILING_MS = 60;
/** Below it a clock of milliseconds and a busy machine tell nothing of growth. */
const NOISE_MS = 1;
/** So few changes of counters do not wait to be folded. */
const FEW_CHANGES = 500;

/** Every list stays as fast with a million rows as with a thousand. @type {import('../tools/case.mjs').Case} */
export const lists = {
  name: 'lists',
  async run({ quick }) {
    const sizes = quick ? QUICK_SIZES : FULL_SIZES;
    const [rounds, calls] = quick ? [1, 2] : [3, 25];
    const places = [];
    for (const size of sizes) places.push(await makePlace(size));
    const names = places[0]?.queries.map(({ name }) => name) ?? [];
    /** @type {number[][][]} p50 by query, size and round */
    const figures = names.map(() => sizes.map(() => []));
    for (let round = 0; round < rounds; round += 1) {
      for (const [query] of names.entries()) {
        const p50s = await measureByTurns(places, query, round === 0 ? 3 : 1, calls);
        for (const [size, p50] of p50s.entries()) figures[query]?.[size]?.push(p50);
      }
    }
    for (const { house, database } of places) {
      await house.stop();
      await database.drop();
    }
    return {
      title: `lists at ${sizes.map((size) => size.toLocaleString('en')).join(', ')} rows, p50 in ms`,
      lines: (places[0]?.queries ?? []).map((query, index) => toLine(query, sizes, (figures[index] ?? []).map(median), quick)),
      notes: [
        `One call after the other, through the gateway; ${calls} calls a round; the sizes take turns from call to call. Differences below ${NOISE_MS} ms do not count as growth.`,
        'In brackets: limits. A search tells how many rows it found: the statement that counts them, and nothing else, through pg.',
        `A page of ${PAGE_ROWS.keys} keys, ${PAGE_ROWS.users} users, ${PAGE_ROWS.vouchers} vouchers, ${PAGE_ROWS.audit} audit rows: full at every size, so that growth is not that of the page. The overview is kept for 5 seconds: one call a round makes it anew, the others find it.`,
      ],
    };
  },
};

/**
 * A house whose tables are full.
 * @typedef {{ readonly house: House, readonly database: import('../tools/databases.mjs').BenchDatabase, readonly queries: readonly ListQuery[] }} Place
 */

/**
 * @param {number} count rows of each kind
 * @returns {Promise<Place>}
 */
async function makePlace(count) {
  const database = await createDatabase();
  const house = await startHouse({ databaseUrl: database.url });
  const seller = await makeSeller(house);
  const site = await house.call('POST', '/admin/v1/sites', { name: 'Bench', timezone: 'Europe/Berlin', api_enabled: true });
  const { secret: siteApiKey } = await house.call('POST', `/admin/v1/sites/${site.id}/api-keys`);
  const reseller = await house.call('POST', '/admin/v1/users', { name: 'Reseller' });
  await database.pool.query(`UPDATE users SET plan = 'reseller', rate_limit = 2000000000, rate_limit_window = 3600 WHERE id = $1`, [
    reseller.id,
  ]);
  const { secret: resellerToken } = await house.call('POST', `/admin/v1/users/${reseller.id}/credentials`, { kind: 'phpstrap' });
  const startedAt = performance.now();
  await fillLists(database.pool, {
    sellerId: seller.id,
    providerId: seller.providerId,
    serviceId: seller.serviceId,
    siteId: site.id,
    count,
  });
  console.error(`bench: ${count.toLocaleString('en')} rows of each kind (${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`);
  const queries = listQueries({ ...seller, siteApiKey, resellerToken, count });
  await settle(database.pool, house, queries);
  await checkTotals(database.pool, house, seller);
  for (const query of queries) await checkPage(database.pool, house, query);
  return { house, database, queries };
}

/**
 * Whether the page is full: pages of one row and of fifty are not to be compared.
 * @param {import('pg').Pool} pool
 * @param {House} house
 * @param {ListQuery} query
 */
async function checkPage(pool, house, query) {
  if (query.rows === undefined) return;
  const found = Object.values(JSON.parse(await ask(house, pool, query))).find(Array.isArray)?.length;
  if (found !== query.rows) throw new Error(`${query.name} answered ${found} rows and not ${query.rows}`);
}

/**
 * Totals come from counters: whether those that were filled here are right.
 * @param {import('pg').Pool} pool
 * @param {House} house
 * @param {import('../tools/seller.mjs').Seller} seller
 */
async function checkTotals(pool, house, { id, apiKey }) {
  for (const [filter, condition] of [
    ['key=A', "key_value LIKE '%A%'"],
    ['key=B7', "key_value LIKE '%B7%'"],
    ['hwid=c', "EXISTS (SELECT FROM key_hwids h WHERE h.key_id = k.id AND h.folded LIKE '%c%')"],
    ['status=invalidated', 'is_invalidated'],
  ]) {
    const { pagination } = await house.call('GET', `/keys?limit=1&${filter}`, undefined, apiKey);
    const { rows } = await pool.query(`SELECT count(*)::int AS n FROM licence_keys k WHERE user_id = $1 AND ${condition}`, [id]);
    if (pagination.total !== rows[0].n) throw new Error(`the total of ${filter} is ${pagination.total} and not ${rows[0].n}`);
  }
}

/**
 * Waits until the counters' changes are folded, which lists bring about: so many at once as here are never waiting in a house at work.
 * @param {import('pg').Pool} pool
 * @param {House} house
 * @param {readonly ListQuery[]} queries
 */
async function settle(pool, house, queries) {
  for (let tries = 0; tries < 600; tries += 1) {
    const { rows } = await pool.query(
      'SELECT (SELECT count(*) FROM key_count_changes)::int + (SELECT count(*) FROM key_part_changes)::int AS n',
    );
    if (rows[0].n < FEW_CHANGES) break;
    await Promise.all(queries.slice(0, 1).map((query) => ask(house, pool, query)));
    await sleep(500);
  }
  await pool.query('VACUUM ANALYZE');
}

/**
 * Asks each place in turn, call by call: what disturbs the machine for a while disturbs all sizes.
 * @param {readonly Place[]} places
 * @param {number} index of the query
 * @param {number} warm calls that do not count
 * @param {number} calls
 * @returns {Promise<number[]>} p50 by place
 */
async function measureByTurns(places, index, warm, calls) {
  /** @type {number[][]} */
  const times = places.map(() => []);
  const isOnce = places[0]?.queries[index]?.once === true;
  for (let call = isOnce ? 0 : -warm; call < (isOnce ? 1 : calls); call += 1) {
    for (const [size, { house, database, queries }] of places.entries()) {
      const query = queries[index];
      if (query === undefined) continue;
      const startedAt = performance.now();
      await ask(house, database.pool, query);
      if (call >= 0) times[size]?.push(performance.now() - startedAt);
    }
  }
  return times.map(median);
}

/**
 * @param {House} house
 * @param {import('pg').Pool} pool
 * @param {ListQuery} query
 * @returns {Promise<string>} the answer; nothing of a statement
 */
async function ask({ url }, pool, { name, path, method = 'GET', headers, body, statement }) {
  if (statement !== undefined) {
    await pool.query(statement.text, [...statement.values]);
    return '';
  }
  const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${name} answered ${response.status}`);
  return answer;
}

/**
 * @param {ListQuery} query
 * @param {readonly number[]} sizes
 * @param {readonly number[]} p50s
 * @param {boolean} quick
 */
function toLine({ name, isHard = false, once = false, statement }, sizes, p50s, quick) {
  const [smallest = Number.NaN, greatest = Number.NaN] = [p50s[0], p50s.at(-1)];
  const cells = Object.fromEntries(sizes.map((size, index) => [size.toLocaleString('en'), formatMs(p50s[index] ?? Number.NaN)]));
  const line = { name, cells: { ...cells, growth: `${(greatest / smallest).toFixed(2)} ×` } };
  if (quick || once || statement !== undefined) return line;
  const isFlat = greatest <= Math.max(smallest * GROWTH, smallest + NOISE_MS);
  return { ...line, reach: isHard ? `≤ ${CEILING_MS} ms` : `≤ ${GROWTH} ×`, reached: isHard ? Math.max(...p50s) <= CEILING_MS : isFlat };
}
