import { type Database, openDatabase } from '@gatehouse/db';
import type { ServiceRequest } from '@gatehouse/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';
import type { VerdictCode } from './judge.ts';
import { createSigner } from './signer.ts';
import { createKeyVerifier } from './verify-key.ts';
import type { VerifyQuestion } from './verify-repository.ts';

let app: LicensingApp;
let seller: TestSeller;
/** The databases of two processes; the embedded one has a single process, and a single connection. */
let databases: Database[];

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
  const { databaseUrl, deps } = app;
  databases = databaseUrl === undefined ? [deps.db] : [deps.db, await openDatabase({ databaseUrl, log: deps.log })];
});
afterAll(async () => {
  await Promise.all(databases.slice(1).map((db) => db.close()));
  await app.close();
});

const isFull = process.env.FULL_RACES !== undefined;
/** The embedded database has one connection, in which a crowd stands in line: there fewer say the same. */
const isEmbedded = !process.env.TEST_DATABASE_URL;
const REPEATS = isEmbedded && !isFull ? 6 : 20;
/** Short of the full size, which takes minutes, unless asked for: every repeat of `FULL_RACES=1` has the crowd of the first. */
function crowd(size: number, round: number): number {
  if (isFull || (round === 0 && !isEmbedded)) return size;
  return Math.ceil(size / (round === 0 ? 4 : 20));
}

/** Asks all questions at the same instant, by turns in each process, and gives the verdicts. */
async function askAll(questions: readonly VerifyQuestion[]): Promise<VerdictCode[]> {
  const verifiers = databases.map((db) => {
    const deps = { ...app.deps, db };
    return { db, verifier: createKeyVerifier(deps, createSigner(deps.vault, deps.clock)) };
  });
  const request = { caller: { address: '203.0.113.7', network: '203.0.113.7', undeclaredProxy: false }, now: app.clock(), notes: {} };
  const answers = questions.map((question, index) => {
    const process = verifiers[index % verifiers.length];
    // All that verifying reads of a request.
    return process?.verifier.verify(process.db, question, request as unknown as ServiceRequest, { withKeyless: true });
  });
  return (await Promise.all(answers)).flatMap((verification) => verification?.answer.code ?? []);
}

const question = (key: string, hwid: string | null, nonce: string | null = null): VerifyQuestion => ({ key, hwid, nonce, serviceId: null });
const count = (codes: readonly VerdictCode[], code: VerdictCode) => codes.filter((found) => found === code).length;
const times = <T>(amount: number, make: (index: number) => T) => Array.from({ length: amount }, (_, index) => make(index));

async function stored(id: number) {
  return app.deps.db.prisma.licenceKey.findUniqueOrThrow({ where: { id }, include: { hwids: true } });
}

describe('at the same instant', () => {
  it('many machines on a key for three end with three, every time', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const key = await app.createKey(seller, { hwid_limit: 3 });
      const size = crowd(200, round);
      const codes = await askAll(times(size, (index) => question(key.key_value, `machine-${index}`)));
      const row = await stored(key.id);
      expect([count(codes, 'KEY_VALID'), count(codes, 'HWID_LIMIT_REACHED'), row.hwids.length, row.hwidCount]).toEqual([3, size - 3, 3, 3]);
    }
  }, 300_000);

  it('one machine that asks many times is bound once', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const key = await app.createKey(seller, { hwid_limit: 2 });
      const size = crowd(40, round);
      const codes = await askAll(times(size, () => question(key.key_value, 'same')));
      const row = await stored(key.id);
      expect([count(codes, 'KEY_VALID'), row.hwids.length, row.hwidCount]).toEqual([size, 1, 1]);
    }
  }, 300_000);

  it('a one-time key is used once', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const key = await app.createKey(seller, { one_time_use: true, no_hwid: true });
      const size = crowd(40, round);
      const codes = await askAll(times(size, () => question(key.key_value, null)));
      expect([count(codes, 'KEY_VALID'), count(codes, 'KEY_ALREADY_USED')]).toEqual([1, size - 1]);
    }
  }, 300_000);

  it('a one-time key asked for with one nonce is the same good answer to all', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const key = await app.createKey(seller, { one_time_use: true });
      const size = crowd(40, round);
      const codes = await askAll(times(size, () => question(key.key_value, 'machine', 'nonce')));
      expect(count(codes, 'KEY_VALID')).toBe(size);
    }
  }, 300_000);

  it('the time of a key that expires on first use begins once', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const key = await app.createKey(seller, { expiry_on_first_use: true, validity_minutes: 10 });
      const start = app.clock();
      await askAll(times(crowd(40, round), (index) => question(key.key_value, `machine-${index}`)));
      app.clock.advance(1000);
      await askAll([question(key.key_value, 'late')]);
      expect((await stored(key.id)).expiresAt).toEqual(new Date(start.getTime() + 600_000));
    }
  }, 300_000);

  it('resetting and replacing HWIDs leaves a count that fits', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const key = await app.createKey(seller, { hwid_limit: 4 });
      await Promise.all([
        askAll(times(crowd(40, round), (index) => question(key.key_value, `machine-${index % 6}`))),
        app.call(seller, 'post', `/keys/${key.id}/reset-hwid`),
        app.call(seller, 'put', `/keys/${key.id}`, { hwids: ['own', 'machine-1'] }),
      ]);
      const row = await stored(key.id);
      expect(row.hwidCount).toBe(row.hwids.length);
      expect(row.hwids.length).toBeLessThanOrEqual(4);
    }
  }, 300_000);

  it('many identical creates with one Idempotency-Key make one key and get the same body', async () => {
    for (let round = 0; round < REPEATS; round += 1) {
      const before = await app.deps.db.prisma.licenceKey.count();
      const answers = await Promise.all(
        times(crowd(50, round), () =>
          app.gateway
            .post('/keys')
            .set('authorization', seller.token)
            .set('idempotency-key', `create-${round}`)
            .send({ provider_id: seller.providerId }),
        ),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(answers[0]?.status).toBe(201);
      expect((await app.deps.db.prisma.licenceKey.count()) - before).toBe(1);
    }
  }, 300_000);
});
