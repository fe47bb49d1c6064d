import { createDatabase, findRedis } from '../tools/databases.mjs';
import { startHouse } from '../tools/house.mjs';
import { startLeast } from '../tools/least.mjs';
import { httpContender, startHello, startPeer, whyMissing } from '../tools/peers.mjs';
import { missingLine, rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { makeBoundKeys, makeSeller } from '../tools/seller.mjs';

const JSON_HEADERS = { 'content-type': 'application/json' };
/** Distinct keys that are played, of all those there are. */
const PLAYED = 5_000;

/** A program asks whether it may run. @type {import('../tools/case.mjs').Case} */
export const verify = {
  name: 'verify',
  async run({ pace, quick }) {
    const count = quick ? 5_000 : 100_000;
    const database = await createDatabase();
    const house = await startHouse({ databaseUrl: database.url, only: ['accounts', 'licensing'] });
    const seller = await makeSeller(house);
    const keys = (await makeBoundKeys(database, seller, count)).slice(0, PLAYED);
    const question = (/** @type {{ key: string, hwid: string }} */ key) => ({ ...key, service_id: seller.serviceId });
    /** @param {string} name @param {object} extra */
    const asking = (name, extra) =>
      httpContender(
        name,
        house.url,
        keys.map((key) => toCall({ ...question(key), ...extra })),
        isSignedAndValid,
        house.pids,
      );
    const plain = keys.map((key) => toCall(question(key)));
    const least = await startLeast(database.url, plain, (body) => JSON.parse(body).valid === true);
    const contenders = [await startHello(), asking('verify', {}), asking('verify with a nonce, which is kept', { nonce: '[<id>]' }), least];
    const peerDatabase = await createDatabase({ empty: true });
    const missing = whyMissing('@better-auth/api-key');
    if (missing === undefined) contenders.push(...(await startBetterAuth(peerDatabase.url, count)));
    const figures = await measureByTurns(contenders, pace);
    await house.stop();
    await database.drop();
    const [, ...own] = figures.slice(0, 3);
    const bestPeer = Math.max(0, ...figures.slice(4).map(({ rate }) => rate));
    return {
      title: `POST /keys/verify of an HWID-bound key, ${count.toLocaleString('en')} keys, signed answer`,
      lines: [
        ...figures.map((entry) =>
          own.includes(entry)
            ? rateLine(entry, { reach: '≥ 0.3 × hello, ahead of both', reached: (entry.ratio ?? 0) >= 0.3 && entry.rate > bestPeer })
            : rateLine(entry),
        ),
        ...(missing === undefined ? [] : [missingLine('better-auth api-key', missing)]),
      ],
      notes: [
        'In brackets: the limit. The least reads key and HWID by one prepared statement, signs, and answers.',
        "better-auth stands behind bare node:http, without a gateway; it checks and writes a key's last use, and signs nothing.",
        'Its limit of calls is off. With Redis it keeps keys there (`secondary-storage` with `fallbackToDatabase`).',
      ],
    };
  },
};

/**
 * @param {string} databaseUrl an empty database
 * @param {number} count of keys
 */
async function startBetterAuth(databaseUrl, count) {
  const calls = Array.from({ length: PLAYED }, (_, index) =>
    toCall({ key: `bench-${String(Math.floor((index * count) / PLAYED)).padStart(10, '0')}` }),
  );
  const settings = { DATABASE_URL: databaseUrl, KEYS: String(count) };
  const isValid = (/** @type {string} */ body) => JSON.parse(body).valid === true;
  const plain = await startPeer('better-auth.mjs', settings);
  const withRedis = await startPeer('better-auth.mjs', { ...settings, REDIS_URL: await findRedis() });
  return [
    httpContender('better-auth api-key', plain.url, calls, isValid, { 'better-auth': plain.pid }),
    httpContender('better-auth api-key with Redis', withRedis.url, calls, isValid, { 'better-auth': withRedis.pid }),
  ];
}

/** @param {object} body */
function toCall(body) {
  return { method: 'POST', path: '/keys/verify', headers: JSON_HEADERS, body: JSON.stringify(body) };
}

/** @param {string} body */
function isSignedAndValid(body) {
  const { valid, signature } = JSON.parse(body);
  return valid === true && typeof signature === 'string';
}
