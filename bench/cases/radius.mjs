import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase } from '../tools/databases.mjs';
import { RADIUS_SECRET, startGatehouseRadius, startSqlRadius, whyNoFreeRadius, whyNoSql } from '../tools/free-radius.mjs';
import { startHouse } from '../tools/house.mjs';
import { httpContender, startHello } from '../tools/peers.mjs';
import { missingLine, rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { ROOT } from '../tools/start-process.mjs';
import { makeVouchers, PASSCODE } from '../tools/vouchers.mjs';

/** @typedef {import('../tools/rounds.mjs').Contender} Contender */
/** @typedef {import('../tools/report.mjs').Line} Line */

const run = promisify(execFile);

/** A venue makes vouchers, and its guests come on line. @type {import('../tools/case.mjs').Case} */
export const radius = {
  name: 'radius',
  async run({ pace, quick }) {
    const users = quick ? 5_000 : 100_000;
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['hotspot'] });
    const site = await makeSite(house, database, users);
    const body = JSON.stringify({ 'api-key': site.apiKey, action: 'create_voucher', valid_for: '1 day' });
    const call = { method: 'POST', path: '/api/', headers: { 'content-type': 'application/json' }, body };
    const contenders = [
      await startHello(),
      httpContender('create_voucher', house.url, [call], (text) => JSON.parse(text).error === false, house.pids),
    ];
    /** @type {Line[]} */
    const missing = [];
    const noRadius = whyNoFreeRadius();
    const peerDatabase = await createDatabase({ empty: true });
    if (noRadius !== undefined) missing.push(missingLine('RADIUS', noRadius));
    else {
      const own = await startGatehouseRadius(house.radiusRestPort);
      contenders.push(...guests('Gatehouse', own, users, { ...house.pids, freeradius: own.pid }));
      const noSql = whyNoSql();
      if (noSql !== undefined) missing.push(missingLine('FreeRADIUS rlm_sql', noSql));
      else {
        const peer = await startSqlRadius(peerDatabase, { users, passcode: PASSCODE });
        contenders.push(...guests('FreeRADIUS rlm_sql', peer, users, { freeradius: peer.pid }));
      }
    }
    const [hello, vouchers, logins, reports, sqlLogins, sqlReports] = await measureByTurns(contenders, pace);
    await house.stop();
    if (hello === undefined || vouchers === undefined) throw new Error('nothing was measured');
    const ahead = sqlLogins === undefined || logins === undefined || logins.rate > sqlLogins.rate;
    return {
      title: `voucher create; RADIUS logins and reports, ${users.toLocaleString('en')} vouchers, 32 in flight`,
      lines: [
        rateLine(hello),
        rateLine(vouchers),
        ...(logins === undefined
          ? []
          : [rateLine(logins, { reach: '≥ 0.55 × hello, ahead of rlm_sql', reached: (logins.ratio ?? 0) >= 0.55 && ahead })]),
        ...(sqlLogins === undefined ? [] : [rateLine(sqlLogins)]),
        ...(reports === undefined
          ? []
          : [rateLine(reports, { reach: 'no slower than rlm_sql', reached: reports.rate >= (sqlReports?.rate ?? 0) })]),
        ...(sqlReports === undefined ? [] : [rateLine(sqlReports)]),
        ...missing,
      ],
      notes: [
        'Logins: Access-Request with PAP and Message-Authenticator, each of another voucher and device. Gatehouse judges it, opens a session under a lock and logs it; rlm_sql reads radcheck, radreply and the groups, and writes radpostauth.',
        'Reports: Interim-Updates of sessions that were logged in before.',
      ],
    };
  },
};

/**
 * @param {string} name
 * @param {import('../tools/free-radius.mjs').FreeRadius} server
 * @param {number} users
 * @param {Readonly<Record<string, number>>} pids
 * @returns {Contender[]}
 */
function guests(name, server, users, pids) {
  const settings = { authPort: server.authPort, acctPort: server.acctPort, secret: RADIUS_SECRET, users, passcode: PASSCODE };
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
