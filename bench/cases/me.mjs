import { createDatabase, findRedis } from '../tools/databases.mjs';
import { startGateway, startHouse } from '../tools/house.mjs';
import { startLeast } from '../tools/least.mjs';
import { httpContender, startHello, startPeer } from '../tools/peers.mjs';
import { rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';

/** A program asks for its own profile: token, exact limit, audit row. @type {import('../tools/case.mjs').Case} */
export const me = {
  name: 'me',
  async run({ pace, quick }) {
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts'] });
    const token = await makeTokenHolder(house, database, 'bench');
    const headers = { authorization: `Bearer ${token}` };
    const calls = [{ path: '/api/v1/me.php', headers }];
    const isRight = (/** @type {string} */ body) => JSON.parse(body).success;
    const contender = httpContender('me.php through gateway and accounts', house.url, calls, isRight, house.pids);
    // The same house again: a quick run has seen that it works.
    const large = quick ? undefined : await startHouse({ databaseUrl: database.url, only: ['accounts'], memory: {} });
    const largeContenders =
      large === undefined ? [] : [httpContender("(with Node's own memory settings)", large.url, calls, isRight, large.pids)];
    const limits = [...largeContenders, await startLeast(database.url, calls, isRight), await startHelloBehindGateway()];
    const [hello, own, ...most] = await measureByTurns([await startHello(), contender, ...limits], pace);
    await house.stop();
    await large?.stop();
    const { rows } = await database.pool.query('SELECT sum(requests)::int AS counted FROM audit_counts');
    await database.drop();
    if (hello === undefined || own === undefined) throw new Error('nothing was measured');
    return {
      title: 'me.php: token, exact limit, audit row',
      lines: [
        rateLine(hello),
        rateLine(own, { reach: '≥ 0.5 × hello', reached: (own.ratio ?? 0) >= 0.5 }),
        ...most.map((entry) => rateLine(entry)),
      ],
      notes: [
        `Each call takes from the limit in Redis and leaves a row in the audit log: ${rows[0]?.counted} were counted there.`,
        "With Node's own settings services clear their memory half as often, and take more than 150 MB of it (see `start`): the image does not use them.",
        'In brackets: limits. The least knows whose token it is without asking anyone, counts in Redis by one script, and answers.',
      ],
    };
  },
};

/** @returns {Promise<import('../tools/rounds.mjs').Contender>} an Express hello behind a gateway of ours */
async function startHelloBehindGateway() {
  const { url, pid } = await startPeer('hello-anywhere.mjs');
  const gateway = await startGateway({ licensing: url, accounts: url, hotspot: url }, await findRedis());
  const calls = [{ path: '/api/v1/me.php', headers: { authorization: 'Bearer something' } }];
  return httpContender('(an Express hello behind the gateway)', gateway.url, calls, (body) => body.length === 300, {
    gateway: gateway.pid,
    hello: pid,
  });
}

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
