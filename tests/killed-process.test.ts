import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hashToken, newToken } from '@gatehouse/auth';
import { openDatabase } from '@gatehouse/db';
import { createTestDatabase } from '@gatehouse/db/testing';
import { describe, expect, it } from '@jest/globals';
import { endProgram, startWell } from './run-process.ts';
import { asGateway, startService } from './service-process.ts';

/** How often; `FULL_RACES=1` does it twenty times, each time killed at another moment. */
const REPEATS = process.env.FULL_RACES ? 20 : 1;
const LONG_MS = 60_000 + REPEATS * 15_000;
/** Into the creates, when the process is killed. */
const killAfterMs = (round: number) => 15 + 3 * (round % 10);
const describeOnPostgres = process.env.TEST_DATABASE_URL ? describe : describe.skip;
const quiet = { info: () => undefined, warn: () => undefined };

/** Sends equal creates at once; one that gets no reply counts as null. */
function createAtOnce(
  urls: readonly string[],
  count: number,
  headers: Record<string, string>,
  { providerId, name }: { readonly providerId: number; readonly name: string },
): Promise<(string | null)[]> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': name, ...headers },
    body: JSON.stringify({ provider_id: providerId, key_name: name }),
  };
  const create = async (url: string): Promise<string | null> => {
    try {
      const response = await fetch(`${url}/keys`, init);
      const text = await response.text();
      return response.status === 201 ? text : null;
    } catch {
      return null;
    }
  };
  return Promise.all(Array.from({ length: count }, (_, index) => create(urls[index % urls.length] ?? '')));
}

describeOnPostgres('50 equal creates over two licensing processes, one of which is killed among them', () => {
  it(
    'make one key, and every reply is the same',
    async () => {
      const { db, url = '', close } = await createTestDatabase({ databaseUrl: process.env.TEST_DATABASE_URL });
      const seller = await db.prisma.user.create({ data: { name: 'Seller' } });
      const provider = await db.prisma.provider.create({ data: { userId: seller.id, name: 'Shop' } });
      const apiKey = newToken('ghr_');
      await db.prisma.credential.create({
        data: {
          userId: seller.id,
          kind: 'rest_api',
          secretHash: new Uint8Array(hashToken(apiKey)),
          prefix: 'ghr_',
          last4: 'test',
          scopes: ['rest-api:*'],
        },
      });
      const headers = { authorization: apiKey, ...asGateway() };
      const open = () => startService('licensing', { DATABASE_URL: url });
      let [living, dying] = await Promise.all([open(), open()]);
      for (let round = 0; round < REPEATS; round += 1) {
        const order = { providerId: provider.id, name: `once-${round}` };
        const answers = createAtOnce([living.url, dying.url], 50, headers, order);
        const killed = wait(killAfterMs(round)).then(() => endProgram(dying.process, 'SIGKILL'));
        const replies = [...(await answers), ...(await createAtOnce([living.url], 50, headers, order))].filter((text) => text !== null);
        await killed;
        expect(replies.length).toBeGreaterThanOrEqual(50);
        expect(new Set(replies).size).toBe(1);
        expect(await db.prisma.licenceKey.count({ where: { keyName: order.name } })).toBe(1);
        // The next to die is the one that has lived longest.
        if (round + 1 < REPEATS) [living, dying] = [await open(), living];
      }
      await living.stop();
      await close();
    },
    LONG_MS,
  );
});

describe('50 equal creates on the embedded database, whose process is killed among them', () => {
  it(
    'make one key, and every reply is the same',
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-killed-'));
      const open = () =>
        startWell('services/standalone/dist/bundle/main.js', { PORT: '0', DATA_DIR: dataDir }, /ready at (\S+)[\s\S]*Ctrl\+C/);
      let running = await open();
      const { restApiKey } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
      const headers = { authorization: restApiKey };
      const { providers } = (await (await fetch(`${running.found}/providers`, { headers })).json()) as { providers: { id: number }[] };
      const orders = Array.from({ length: REPEATS }, (_, round) => ({ providerId: providers[0]?.id ?? 0, name: `once-${round}` }));
      for (const [round, order] of orders.entries()) {
        const answers = createAtOnce([running.found], 50, headers, order);
        await wait(2 * killAfterMs(round));
        await endProgram(running.process, 'SIGKILL');
        const before = await answers;
        running = await open();
        const after = await createAtOnce([running.found], 50, headers, order);
        expect(after.filter((text) => text !== null)).toHaveLength(50);
        expect(new Set([...before, ...after].filter((text) => text !== null)).size).toBe(1);
      }
      await endProgram(running.process, 'SIGTERM');
      const db = await openDatabase({ dataDir, log: quiet });
      for (const { name } of orders) expect(await db.prisma.licenceKey.count({ where: { keyName: name } })).toBe(1);
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
    LONG_MS,
  );
});
