import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { startLicensing } from './start-licensing.ts';
import { type LicensingApp, startLicensingApp } from './testing/licensing-app.ts';

const MINUTE_MS = 60_000;
let app: LicensingApp;

beforeAll(async () => {
  app = await startLicensingApp();
});
afterAll(async () => {
  jest.useRealTimers();
  await app.close();
});

it('a service that runs prunes and folds once a minute', async () => {
  const { db } = app.deps;
  const seller = await app.createSeller();
  const key = await app.createKey(seller, { hwid: 'machine' });
  await app.verify({ key: key.key_value, hwid: 'machine', nonce: 'once' });
  app.clock.advance(11 * MINUTE_MS);
  const left = async () => {
    const [row] = await db.query<object>`
      SELECT (SELECT count(*)::int FROM verify_uses) AS uses, (SELECT count(*)::int FROM key_count_changes) AS counts,
        (SELECT count(*)::int FROM key_part_changes) AS parts`;
    return row;
  };
  const before = await left();
  expect(Object.values(before ?? {}).every((rows) => rows > 0)).toBe(true);
  jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setTimeout'] });
  const { background = [] } = await startLicensing(app.deps);
  jest.advanceTimersByTime(MINUTE_MS - 1);
  expect(await left()).toEqual(before);
  jest.advanceTimersByTime(1);
  // Closing waits for what has begun.
  await Promise.all(background.map((part) => part.close()));
  expect(await left()).toEqual({ uses: 0, counts: 0, parts: 0 });
});
