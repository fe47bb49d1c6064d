import { createDatabase } from '../tools/databases.mjs';
import { startHouse } from '../tools/house.mjs';
import { startLeast } from '../tools/least.mjs';
import { httpContender, startHello } from '../tools/peers.mjs';
import { rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { makeSeller } from '../tools/seller.mjs';

/** A member's program asks the Web API who it belongs to, and climbs the whole ladder. @type {import('../tools/case.mjs').Case} */
export const getMember = {
  name: 'get-member',
  async run({ pace }) {
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts', 'licensing'] });
    const key = await makeMemberKey(house, database);
    const calls = [{ path: `/api.php?key=${key}&cmd=getMember` }];
    const isRight = (/** @type {string} */ body) => JSON.parse(body).fid > 0;
    const contender = httpContender('getMember', house.url, calls, isRight, house.pids);
    const least = await startLeast(database.url, calls, isRight);
    const [hello, own, most] = await measureByTurns([await startHello(), contender, least], pace);
    await house.stop();
    await database.drop();
    if (hello === undefined || own === undefined || most === undefined) throw new Error('nothing was measured');
    return {
      title: 'getMember of the Web API with its ladder',
      lines: [rateLine(hello), rateLine(own, { reach: '≥ 0.4 × hello', reached: (own.ratio ?? 0) >= 0.4 }), rateLine(most)],
      notes: ['In brackets: the limit. The least joins the member to the key by one prepared statement, and answers.'],
    };
  },
};

/**
 * Makes a member who passes every rung: two-step on, active, with a live Session.
 * @param {import('../tools/house.mjs').House} house
 * @param {import('../tools/databases.mjs').BenchDatabase} database
 * @returns {Promise<string>} the member's licence key
 */
export async function makeMemberKey(house, { pool }) {
  const seller = await makeSeller(house);
  const member = await house.call('POST', '/admin/v1/users', { name: 'Member' });
  await pool.query('UPDATE users SET last_active_at = now(), totp_confirmed_at = now() WHERE id = $1', [member.id]);
  const { key } = await house.call('POST', '/keys', { provider_id: seller.providerId }, seller.apiKey);
  await house.call('PUT', `/admin/v1/licences/${key.id}/member`, { user_id: member.id });
  await house.call('POST', '/sessions', { key: key.key_value, hwid: 'bench' });
  return key.key_value;
}
