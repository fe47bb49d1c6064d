import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase } from '../tools/databases.mjs';
import { RADIUS_SECRET, startGatehouseRadius, startSqlRadius, whyNoFreeRadius, whyNoSql } from '../tools/free-radius.mjs';
import { startHouse } from '../tools/house.mjs';
import { startServer } from '../tools/least.mjs';
import { httpContender, startHello } from '../tools/peers.mjs';
import { missingLine, rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { ROOT } from '../tools/start-process.mjs';
import { makeVouchers, PASSCODE } from '../tools/vouchers.mjs';

/** @typedef {import('../tools/rounds.mjs').Contender} Contender */

/** Who is ahead of whom is a matter of a tenth here, and so is what disturbs a round. */
const ROUNDS = 5;

const run = promisify(execFile);

/** What stands for rlm_rest with no work behind it, and with the least. */
const LIMIT = '(rlm_rest, answers that are known beforehand)';
const LEAST = '(rlm_rest, the least: the same libraries, and the writes)';
/** Whose devices have all been on line before: a few vouchers at the end of the list, used again and again. */
const AGAIN = 'Gatehouse, devices that come again';
/** What a user would pick who sells access to so many devices. */
const COUNTING = 'FreeRADIUS rlm_sql that counts devices';

/** A venue makes vouchers, and its guests come on line. @type {import('../tools/case.mjs').Case} */
export const radius = {
  name: 'radius',
  async run({ pace, quick }) {
    const users = quick ? 5_000 : 100_000;
    const again = quick ? 500 : 2_000;
    const sessions = quick ? 3 : 30;
    const noRadius = whyNoFreeRadius();
    const noSql = noRadius ?? whyNoSql();
    const [hello, venue, limit, peer] = await Promise.all([
      startHello(),
      startVenue(users),
      noRadius === undefined ? startBehind('constant-rest') : undefined,
      noSql === undefined ? startPeer(users) : undefined,
    ]);
    const { house, site } = venue;
    const own = noRadius === undefined ? await startGatehouseRadius(house.radiusRestPort) : undefined;
    const least = noRadius === undefined ? await startBehind('least-radius', { DATABASE_URL: await makeLeastVenue(users) }) : undefined;
    const body = JSON.stringify({ 'api-key': site.apiKey, action: 'create_voucher', valid_for: '1 day' });
    const call = { method: 'POST', path: '/api/', headers: { 'content-type': 'application/json' }, body };
    /** @param {string} name @param {import('../tools/free-radius.mjs').FreeRadius | undefined} server @param {Readonly<Record<string, number>>} [pids] @param {{ readonly users: number, readonly from: number }} [range] */
    const guestsOf = (name, server, pids = {}, range = { users, from: 0 }) =>
      server === undefined ? [] : guests(name, server, { ...range, sessions }, { ...pids, freeradius: server.pid });
    const figures = await measureByTurns(
      [
        hello,
        httpContender('create_voucher', house.url, [call], (text) => JSON.parse(text).error === false, house.pids),
        ...guestsOf('Gatehouse', own, house.pids),
        ...guestsOf(AGAIN, own, house.pids, { users: again, from: users - again }).slice(0, 1),
        ...guestsOf(LIMIT, limit?.server, { answers: limit?.pid ?? 0 }),
        ...guestsOf(LEAST, least?.server, { service: least?.pid ?? 0 }),
        ...guestsOf('FreeRADIUS rlm_sql', peer),
        ...guestsOf(COUNTING, peer && { ...peer, authPort: peer.countingPort }).slice(0, 1),
      ],
      quick ? pace : { ...pace, rounds: ROUNDS },
    );
    await house.stop();
    const rateOf = (/** @type {string} */ name) => figures.find((entry) => entry.name === name)?.rate ?? 0;
    /** @type {Record<string, (figures: import('../tools/rounds.mjs').Figures) => { reach: string, reached: boolean }>} */
    const aims = {
      'Gatehouse: logins': ({ ratio }) => ({ reach: '≥ 0.55 × hello', reached: (ratio ?? 0) >= 0.55 }),
      'FreeRADIUS rlm_sql: logins': ({ rate }) => ({ reach: 'Gatehouse ahead', reached: rate < rateOf('Gatehouse: logins') }),
      'Gatehouse: reports': ({ rate }) => ({ reach: 'no slower than rlm_sql', reached: rate >= rateOf('FreeRADIUS rlm_sql: reports') }),
    };
    const order = (/** @type {string} */ name) => (name.endsWith(': reports') ? 1 : 0);
    return {
      title: `voucher create; RADIUS logins and reports, ${users.toLocaleString('en')} vouchers, 32 in flight`,
      lines: [
        ...figures.toSorted((a, b) => order(a.name) - order(b.name)).map((entry) => rateLine(entry, aims[entry.name]?.(entry))),
        ...(noRadius === undefined ? [] : [missingLine('RADIUS', noRadius)]),
        ...(noSql === undefined ? [] : [missingLine('FreeRADIUS rlm_sql', noSql)]),
      ],
      notes: [
        "Logins: Access-Request with PAP and Message-Authenticator, each of another voucher and device, which nobody used before; of those that come again Gatehouse also ends the session before. It judges each, opens a session under a guard and logs it; rlm_sql reads radcheck, radreply and the groups, and writes radpostauth; one that counts devices (Simultaneous-Use) looks for their sessions too, by an index that Debian's tables lack. Gatehouse's FreeRADIUS runs as a batch (`chrt -b 0` in `run.sh`), rlm_sql as Debian starts it: as a batch it would answer up to a tenth more.",
        'Reports: Interim-Updates of sessions that were logged in before; their CPU is not told, since those logins are part of it.',
        "In brackets: limits. FreeRADIUS as Gatehouse configures it, in front of bare node:http that looks at nothing and always says yes: no service behind rlm_rest can be faster. And in front of Express and pg, with a share of one statement that finds the voucher and counts its devices, and of one that binds it under a guard and writes session and log in Gatehouse's tables, and nothing else.",
      ],
    };
  },
};

/**
 * @param {string} name
 * @param {import('../tools/free-radius.mjs').FreeRadius} server
 * @param {{ readonly users: number, readonly from: number, readonly sessions: number }} sizes
 * @param {Readonly<Record<string, number>>} pids
 * @returns {Contender[]}
 */
function guests(name, server, sizes, pids) {
  const settings = { authPort: server.authPort, acctPort: server.acctPort, secret: RADIUS_SECRET, passcode: PASSCODE, ...sizes };
  let first = 0;
  /** @param {'logins' | 'reports'} kind */
  const load = (kind) => async (/** @type {number} */ seconds) => {
    const { stdout } = await run(process.execPath, [
      join(ROOT, 'bench/servers/radius-load.mjs'),
      JSON.stringify({ ...settings, kind, seconds, first }),
    ]);
    const { next, ...sample } = JSON.parse(stdout);
    first = next + 1_000;
    return sample;
  };
  return [
    { name: `${name}: logins`, load: load('logins'), pids },
    { name: `${name}: reports`, load: load('reports') },
  ];
}

/** A house with a site of so many vouchers. @param {number} users */
async function startVenue(users) {
  const database = await createDatabase();
  const house = await startHouse({ databaseUrl: database.url, only: ['hotspot'] });
  return { house, site: await makeSite(house, database, users) };
}

/** The same vouchers once more: Gatehouse would count devices that it did not let in. @param {number} users @returns its address */
async function makeLeastVenue(users) {
  const { url, pool } = await createDatabase();
  await pool.query(`INSERT INTO sites (id, name, slug) VALUES (1, 'Bench', '0123456789')`);
  await pool.query(`INSERT INTO nas (id, site_id, name, address, secret) VALUES (1, 1, 'AP', '127.0.0.1', '')`);
  await makeVouchers(pool, 1, users);
  return url;
}

/** rlm_sql with as many users. @param {number} users */
async function startPeer(users) {
  return startSqlRadius(await createDatabase({ empty: true }), { users, passcode: PASSCODE });
}

/**
 * Gatehouse's FreeRADIUS in front of a program of `bench/servers`.
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [settings]
 */
async function startBehind(name, settings = {}) {
  const { url, pid } = await startServer(name, { ...settings, PASSCODE, SECRET: RADIUS_SECRET });
  return { pid, server: await startGatehouseRadius(Number(new URL(url).port)) };
}

/**
 * A site with an access point on this machine and so many vouchers, `guest-0` and so on.
 * @param {import('../tools/house.mjs').House} house
 * @param {import('../tools/databases.mjs').BenchDatabase} database
 * @param {number} count
 */
async function makeSite(house, { pool }, count) {
  const { id } = await house.call('POST', '/admin/v1/sites', { name: 'Bench', timezone: 'Europe/Berlin', api_enabled: true });
  const { secret: apiKey } = await house.call('POST', `/admin/v1/sites/${id}/api-keys`);
  await house.call('POST', `/admin/v1/sites/${id}/nas`, { name: 'AP', address: '127.0.0.1', secret: RADIUS_SECRET });
  await makeVouchers(pool, id, count);
  return { id, apiKey };
}
