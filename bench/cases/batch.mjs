import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase } from '../tools/databases.mjs';
import { startHouse } from '../tools/house.mjs';
import { httpContender, startHello } from '../tools/peers.mjs';
import { rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { makeSeller } from '../tools/seller.mjs';
import { ROOT } from '../tools/start-process.mjs';

const run = promisify(execFile);

/** A seller makes 100 keys at once. @type {import('../tools/case.mjs').Case} */
export const batch = {
  name: 'batch',
  async run({ pace }) {
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts', 'licensing'] });
    const { apiKey, providerId, id } = await makeSeller(house);
    const call = {
      method: 'POST',
      path: '/keys/batch',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider_id: providerId, amount: 100 }),
    };
    const own = httpContender('POST /keys/batch of 100', house.url, [call], (body) => JSON.parse(body).keys.length === 100, house.pids);
    const [hello, ownFigures, raw] = await measureByTurns([await startHello(), own, rawInsert(database.url, id, providerId)], pace);
    await house.stop();
    const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM licence_keys');
    await database.drop();
    if (hello === undefined || ownFigures === undefined || raw === undefined) throw new Error('nothing was measured');
    const share = ownFigures.rate / raw.rate;
    return {
      title: 'POST /keys/batch of 100 keys, beside the bare statement',
      lines: [
        rateLine(hello),
        rateLine(ownFigures, { reach: `≥ 0.75 × the bare INSERT (is ${share.toFixed(2)} ×)`, reached: share >= 0.75 }),
        rateLine(raw),
      ].map((line, index) => (index === 0 ? { ...line, bar: Number.NaN } : line)),
      notes: [`Both write to one table, with all its indexes and counters; it had ${rows[0].n.toLocaleString('en')} keys in the end.`],
    };
  },
};

/**
 * One `INSERT … SELECT FROM unnest(…) RETURNING` of 100 keys through pg, 32 under way, from a process of its own.
 * @param {string} databaseUrl
 * @param {number} userId
 * @param {number} providerId
 * @returns {import('../tools/rounds.mjs').Contender}
 */
function rawInsert(databaseUrl, userId, providerId) {
  const script = join(ROOT, 'bench/servers/raw-insert.mjs');
  return {
    name: 'INSERT … unnest … RETURNING through pg',
    async load(seconds) {
      const { stdout } = await run(process.execPath, [script, databaseUrl, String(userId), String(providerId), String(seconds)]);
      return JSON.parse(stdout);
    },
  };
}
