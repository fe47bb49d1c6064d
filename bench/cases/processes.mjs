import { cpus } from 'node:os';
import { createDatabase } from '../tools/databases.mjs';
import { INTERNAL_SECRET, startHouse, startService } from '../tools/house.mjs';
import { httpContender, startHello } from '../tools/peers.mjs';
import { rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { makeTokenHolder } from './me.mjs';

/** @typedef {import('../tools/rounds.mjs').Contender} Contender */

const CONNECTIONS = 32;

/** Several processes of one service share the work, and count limits together. @type {import('../tools/case.mjs').Case} */
export const processes = {
  name: 'processes',
  async run({ pace, quick }) {
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts'] });
    const token = await makeTokenHolder(house, database, 'all');
    const limited = await makeTokenHolder(house, database, 'limited', quick ? 100 : 1_000);
    const more = { databaseUrl: database.url, redisUrl: house.redisUrl };
    const services = [{ url: house.services.accounts, pid: house.pids.accounts ?? 0 }];
    while (services.length < 4) services.push(await startService('accounts', more));
    const groups = [1, 2, 4].map((count) => together(services.slice(0, count), token));
    const [, one, two, four] = await measureByTurns([await startHello(), ...groups], pace);
    const passed = await countPassed(
      services.map(({ url }) => url),
      limited,
      quick ? 150 : 1_500,
    );
    await house.stop();
    await database.drop();
    if (one === undefined || two === undefined || four === undefined) throw new Error('nothing was measured');
    const allowed = quick ? 100 : 1_000;
    if (passed !== allowed) throw new Error(`of a limit of ${allowed} calls ${passed} passed`);
    const cores = cpus().length;
    const grows = two.rate > one.rate;
    return {
      title: 'me.php at one, two and four processes of the accounts service',
      lines: [
        rateLine(one),
        rateLine(two, { reach: `more than one (is ${(two.rate / one.rate).toFixed(2)} ×)`, reached: grows }),
        rateLine(four),
        {
          name: 'limit over four processes',
          cells: { 'a second': `${passed} of ${quick ? 150 : 1_500} passed` },
          reach: `exactly ${allowed}`,
          reached: true,
        },
      ],
      notes: [
        `Asked directly, without the gateway, ${CONNECTIONS} connections shared out among the processes. The machine has ${cores} cores, which load, PostgreSQL and Redis use too: ${cores <= 2 ? 'two processes already have all of it, and four can only show that they do no harm' : 'growth ends where they are all at work'}.`,
      ],
    };
  },
};

/**
 * Some processes as one contender: each gets its share of the connections.
 * @param {readonly { url: string, pid: number }[]} services
 * @param {string} token
 * @returns {Contender}
 */
function together(services, token) {
  const calls = [{ path: '/api/v1/me.php', headers: headersOf(token) }];
  const members = services.map(({ url }) => httpContender('accounts', url, calls, (body) => JSON.parse(body).success));
  return {
    name: services.length === 1 ? 'one process' : `${services.length} processes`,
    pids: Object.fromEntries(services.map(({ pid }, index) => [`accounts ${index + 1}`, pid])),
    async check() {
      for (const { check } of members) await check?.();
    },
    async load(seconds) {
      const samples = await Promise.all(members.map(({ load }) => load(seconds, CONNECTIONS / services.length)));
      const sum = (/** @type {(sample: import('../tools/load.mjs').Sample) => number} */ pick) =>
        samples.reduce((total, sample) => total + pick(sample), 0);
      return {
        rate: sum(({ rate }) => rate),
        p50Ms: sum(({ p50Ms }) => p50Ms) / samples.length,
        p99Ms: Math.max(...samples.map(({ p99Ms }) => p99Ms)),
        errors: sum(({ errors }) => errors),
        count: sum(({ count = 0 }) => count),
      };
    },
  };
}

/**
 * How many of many calls a limit lets through, over all processes at once.
 * @param {readonly string[]} urls
 * @param {string} token
 * @param {number} calls
 */
async function countPassed(urls, token, calls) {
  const statuses = await Promise.all(
    Array.from({ length: calls }, async (_, index) => {
      const response = await fetch(`${urls[index % urls.length]}/api/v1/me.php`, { headers: headersOf(token) });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  const others = statuses.filter((status) => status !== 200 && status !== 429);
  if (others.length > 0) throw new Error(`calls of a limited user were answered ${[...new Set(others)].join(', ')}`);
  return statuses.filter((status) => status === 200).length;
}

/**
 * What the gateway would send.
 * @param {string} token
 */
function headersOf(token) {
  return { authorization: `Bearer ${token}`, 'x-gatehouse-secret': INTERNAL_SECRET, 'x-gatehouse-address': '203.0.113.7' };
}
