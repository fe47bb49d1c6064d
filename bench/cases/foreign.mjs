import { createDatabase } from '../tools/databases.mjs';
import { startHouse } from '../tools/house.mjs';
import { formatMs } from '../tools/report.mjs';
import { median } from '../tools/rounds.mjs';
import { makeBoundKeys, makeSeller } from '../tools/seller.mjs';

const MISSING = 2_000_000_000;
/** Medians of equal work differ by about this much from run to run. */
const NOISE_MS = 0.15;

/** Another seller's id or value takes as long as one that does not exist. @type {import('../tools/case.mjs').Case} */
export const foreign = {
  name: 'foreign',
  async run({ quick }) {
    const [keyCount, calls] = quick ? [100, 10] : [20_000, 400];
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts', 'licensing'] });
    const [owner, stranger] = [await makeSeller(house), await makeSeller(house)];
    const [bound] = await makeBoundKeys(database, owner, keyCount);
    const { keys } = await house.call('GET', '/keys?limit=1', undefined, owner.apiKey);
    const { hwid_ban: ban } = await house.call('POST', '/hwid-bans', { hwid: 'evil' }, owner.apiKey);
    /** @type {readonly [name: string, method: string, foreign: string, missing: string][]} */
    const questions = [
      ['a key by id', 'GET', `/keys/${keys[0].id}`, `/keys/${MISSING}`],
      ['a key by value', 'GET', `/keys/${bound?.key}`, '/keys/ZZZZ-ZZZZ-ZZZZ-ZZZZ'],
      ['deleting a key', 'DELETE', `/keys/${keys[0].id}`, `/keys/${MISSING}`],
      ['its HWIDs', 'POST', `/keys/${bound?.key}/reset-hwid`, '/keys/ZZZZ-ZZZZ-ZZZZ-ZZZZ/reset-hwid'],
      ['a service', 'GET', `/services/${owner.serviceId}`, `/services/${MISSING}`],
      ['deleting a service with its keys', 'DELETE', `/services/${owner.serviceId}?force=true`, `/services/${MISSING}?force=true`],
      ['deleting a provider with its keys', 'DELETE', `/providers/${owner.providerId}?force=true`, `/providers/${MISSING}?force=true`],
      ['keys of a service', 'GET', `/keys?service_id=${owner.serviceId}&key=a`, `/keys?service_id=${MISSING}&key=a`],
      ['a ban', 'GET', `/hwid-bans/${ban.id}`, `/hwid-bans/${MISSING}`],
    ];
    const lines = [];
    for (const [name, method, foreignPath, missingPath] of questions) {
      /** @type {[number[], number[]]} */
      const times = [[], []];
      // By turns, so that what disturbs the machine for a while disturbs both.
      for (let call = -10; call < calls; call += 1) {
        for (const [index, path] of [foreignPath, missingPath].entries()) {
          const ms = await time(house.url, method, path, stranger.apiKey);
          if (call >= 0) times[index]?.push(ms);
        }
      }
      const [foreignMs, missingMs] = times.map(median);
      lines.push(toLine(name, foreignMs ?? Number.NaN, missingMs ?? Number.NaN, quick));
    }
    await house.stop();
    await database.drop();
    return {
      title: `another seller's (who has ${keyCount.toLocaleString('en')} keys) beside missing ones, p50 in ms`,
      lines,
      notes: [
        `${calls} calls of each, by turns, one after the other, through the gateway. Medians of equal work differ by up to ${NOISE_MS} ms.`,
      ],
    };
  },
};

/**
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {string} apiKey
 */
async function time(url, method, path, apiKey) {
  const startedAt = performance.now();
  const response = await fetch(url + path, { method, headers: { authorization: `Bearer ${apiKey}` } });
  await response.arrayBuffer();
  if (response.status !== 404 && !path.startsWith('/keys?')) throw new Error(`${method} ${path} answered ${response.status}`);
  return performance.now() - startedAt;
}

/**
 * @param {string} name
 * @param {number} foreignMs
 * @param {number} missingMs
 * @param {boolean} quick
 */
function toLine(name, foreignMs, missingMs, quick) {
  const line = {
    name,
    cells: { "another's": formatMs(foreignMs), missing: formatMs(missingMs), difference: formatMs(foreignMs - missingMs) },
  };
  if (quick) return line;
  return { ...line, reach: `± ${NOISE_MS} ms`, reached: Math.abs(foreignMs - missingMs) <= NOISE_MS };
}
