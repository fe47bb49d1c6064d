import { createDatabase } from '../tools/databases.mjs';
import { startHouse } from '../tools/house.mjs';
import { httpContender, startHello } from '../tools/peers.mjs';
import { rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';

/** A program asks for its own profile: token, exact limit, audit row. @type {import('../tools/case.mjs').Case} */
export const me = {
  name: 'me',
  async run({ pace }) {
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts'] });
    const token = await makeTokenHolder(house, database, 'bench');
    const headers = { authorization: `Bearer ${token}` };
    const contender = httpContender(
      'me.php through gateway and accounts',
      house.url,
      [{ path: '/api/v1/me.php', headers }],
      (body) => JSON.parse(body).success,
      house.pids,
    );
    const [hello, own] = await measureByTurns([await startHello(), contender], pace);
    await house.stop();
    const { rows } = await database.pool.query(
      'SELECT count(*)::int AS n, sum(requests)::int AS counted FROM audit_counts, LATERAL (SELECT count(*) FROM audit_log) l',
    );
    await database.drop();
    if (hello === undefined || own === undefined) throw new Error('nothing was measured');
    return {
      title: 'me.php: token, exact limit, audit row',
      lines: [rateLine(hello), rateLine(own, { reach: '≥ 0.5 × hello', reached: (own.ratio ?? 0) >= 0.5 })],
      notes: [`Each call takes from the limit in Redis and leaves a row in the audit log: ${rows[0]?.counted} were counted there.`],
    };
  },
};

/**
 * @param {import('../tools/house.mjs').House} house
 * @param {import('../tools/databases.mjs').BenchDatabase} database
 * @param {string} name
 * @param {number} [limit] calls an hour; so many that it is never reached unless told
 * @returns {Promise<string>} a phpstrap token
 */
export async function makeTokenHolder(house, { pool }, name, limit = 2_000_000_000) {
  const user = await house.call('POST', '/admin/v1/users', { name, email: `${name}@bench.example` });
  await pool.query('UPDATE users SET rate_limit = $2, rate_limit_window = 3600 WHERE id = $1', [user.id, limit]);
  const { secret } = await house.call('POST', `/admin/v1/users/${user.id}/credentials`, { kind: 'phpstrap' });
  return secret;
}
