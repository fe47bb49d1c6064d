import { createTestDatabase, type TestDatabase } from '@gatehouse/db/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asGateway, type ServiceProcess, startService } from './service-process.ts';

const databaseUrl = process.env.TEST_DATABASE_URL;
/** On the embedded database, which has one process, `verify/races.test.ts` asks the same. */
const describeOnPostgres = databaseUrl ? describe : describe.skip;
const REPEATS = 20;
/** Short of the full size unless asked for: every repeat of `FULL_RACES=1` has the crowd of the first. */
const crowd = (size: number, round: number) => (round === 0 || process.env.FULL_RACES ? size : Math.ceil(size / 20));
const LONG_MS = 300_000;

interface Answer {
  readonly code: string;
  readonly key?: { readonly expires_at: string | null };
}

describeOnPostgres('two licensing processes asked at the same instant', () => {
  let test: TestDatabase;
  let services: ServiceProcess[];
  let userId: number;
  let made = 0;

  beforeAll(async () => {
    test = await createTestDatabase({ databaseUrl });
    ({ id: userId } = await test.db.prisma.user.create({ data: { name: 'Seller' } }));
    const environment = { DATABASE_URL: test.url ?? '' };
    services = await Promise.all([startService('licensing', environment), startService('licensing', environment)]);
  }, LONG_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await test.close();
  });

  it(
    '200 verifies with different HWIDs of a key for three end with three, never four',
    async () => {
      for (let round = 0; round < REPEATS; round += 1) {
        const key = await makeKey({ hwidLimit: 3 });
        const size = crowd(200, round);
        const answers = await verifyAtOnce(size, (index) => ({ key: key.keyValue, hwid: `machine-${index}` }));
        expect([count(answers, 'KEY_VALID'), count(answers, 'HWID_LIMIT_REACHED')]).toEqual([3, size - 3]);
        const { hwidCount, hwids } = await stored(key.id);
        expect([hwidCount, hwids.length]).toEqual([3, 3]);
      }
    },
    LONG_MS,
  );

  it(
    'a one-time key is used once',
    async () => {
      for (let round = 0; round < REPEATS; round += 1) {
        const key = await makeKey({ oneTimeUse: true, noHwid: true });
        const size = crowd(200, round);
        const answers = await verifyAtOnce(size, () => ({ key: key.keyValue }));
        expect([count(answers, 'KEY_VALID'), count(answers, 'KEY_ALREADY_USED')]).toEqual([1, size - 1]);
      }
    },
    LONG_MS,
  );

  it(
    'the time of a key that expires on first use begins once',
    async () => {
      for (let round = 0; round < REPEATS; round += 1) {
        const key = await makeKey({ expiryOnFirstUse: true, validityMinutes: 10 });
        const size = crowd(200, round);
        const verifyAll = () => verifyAtOnce(size, (index) => ({ key: key.keyValue, hwid: `machine-${index}` }));
        const answers = [...(await verifyAll()), ...(await verifyAll())];
        const { usedAt, expiresAt } = await stored(key.id);
        expect(count(answers, 'KEY_VALID')).toBe(2 * size);
        expect(new Set(answers.map((answer) => answer.key?.expires_at))).toEqual(new Set([expiresAt?.toISOString()]));
        expect(Number(expiresAt) - Number(usedAt)).toBe(600_000);
      }
    },
    LONG_MS,
  );

  function makeKey(data: object): Promise<{ id: number; keyValue: string }> {
    made += 1;
    return test.db.prisma.licenceKey.create({ data: { keyValue: `RACE-AAAA-BBBB-${String(made).padStart(4, '0')}`, userId, ...data } });
  }

  function stored(id: number) {
    return test.db.prisma.licenceKey.findUniqueOrThrow({ where: { id }, include: { hwids: true } });
  }

  function verifyAtOnce(size: number, question: (index: number) => object): Promise<Answer[]> {
    const verify = async (index: number) => {
      const response = await fetch(`${services[index % services.length]?.url}/keys/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...asGateway() },
        body: JSON.stringify(question(index)),
      });
      return (await response.json()) as Answer;
    };
    return Promise.all(Array.from({ length: size }, (_, index) => verify(index)));
  }
});

function count(answers: readonly Answer[], code: string): number {
  return answers.filter((answer) => answer.code === code).length;
}
