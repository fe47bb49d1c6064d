import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashToken, newToken } from '@gatehouse/auth';
import { openDatabase } from '@gatehouse/db';
import { createTestDatabase } from '@gatehouse/db/testing';
import { describe, expect, it } from '@jest/globals';
import { endProgram, startWell } from './run-process.ts';

const SECRET = 'secret-between-gateway-and-services-0123';
const describeOnPostgres = process.env.TEST_DATABASE_URL ? describe : describe.skip;
const quiet = { info: () => undefined, warn: () => undefined };

/** Sends equal creates at once; one that gets no reply counts as null. */
function createAtOnce(
  urls: readonly string[],
  count: number,
  headers: Record<string, string>,
  providerId: number,
): Promise<(string | null)[]> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'the-same', ...headers },
    body: JSON.stringify({ provider_id: providerId, key_name: 'once' }),
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
  it('make one key, and every reply is the same', async () => {
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
    const environment = { DATABASE_URL: url, INTERNAL_SECRET: SECRET, DATA_KEY: 'ab'.repeat(32), LOG_LEVEL: 'info' };
    const headers = { authorization: apiKey, 'x-gatehouse-secret': SECRET, 'x-gatehouse-address': '203.0.113.7' };
    const open = (port: string) =>
      startWell('services/licensing/dist/main.js', { ...environment, PORT: port }, /"port":(\d+),"msg":"licensing is ready"/);
    const ports = [String(20_000 + (process.pid % 20_000)), String(40_001 + (process.pid % 20_000))];
    const [first, second] = await Promise.all([open(ports[0] ?? ''), open(ports[1] ?? '')]);
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const answers = createAtOnce(urls, 50, headers, provider.id);
    const killed = new Promise((resolve) => setTimeout(resolve, 15)).then(() => endProgram(second.process, 'SIGKILL'));
    const replies = [...(await answers), ...(await createAtOnce(urls.slice(0, 1), 50, headers, provider.id))].filter(
      (text) => text !== null,
    );
    await killed;
    await endProgram(first.process, 'SIGTERM');
    expect(replies.length).toBeGreaterThanOrEqual(50);
    expect(new Set(replies).size).toBe(1);
    expect(await db.prisma.licenceKey.count({ where: { keyName: 'once' } })).toBe(1);
    await close();
  }, 60_000);
});

describe('50 equal creates on the embedded database, whose process is killed among them', () => {
  it('make one key, and every reply is the same', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-killed-'));
    const open = () => startWell('services/standalone/dist/main.js', { PORT: '0', DATA_DIR: dataDir }, /ready at (\S+)[\s\S]*Ctrl\+C/);
    let running = await open();
    const { restApiKey } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
    const headers = { authorization: restApiKey };
    const { providers } = (await (await fetch(`${running.found}/providers`, { headers })).json()) as { providers: { id: number }[] };
    const providerId = providers[0]?.id ?? 0;
    const answers = createAtOnce([running.found], 50, headers, providerId);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await endProgram(running.process, 'SIGKILL');
    const before = await answers;
    running = await open();
    const after = await createAtOnce([running.found], 50, headers, providerId);
    await endProgram(running.process, 'SIGTERM');
    expect(after.filter((text) => text !== null)).toHaveLength(50);
    expect(new Set([...before, ...after].filter((text) => text !== null)).size).toBe(1);
    const db = await openDatabase({ dataDir, log: quiet });
    expect(await db.prisma.licenceKey.count({ where: { keyName: 'once' } })).toBe(1);
    await db.close();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);
});
