import { newLicenceKey } from '@gatehouse/auth';
import { createLog, createMetrics } from '@gatehouse/http';
import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webApiRoutes } from './index.ts';
import { METHODS } from './methods.ts';
import { HOME, type SeededMember, seedMember } from './testing/seed-member.ts';

let app: TestService;
let planted: SeededMember;
const metrics = await createMetrics();
const lines: string[] = [];
const replies: string[] = [];

beforeAll(async () => {
  const log = createLog('test', 'trace', { write: (line: string) => void lines.push(line) });
  app = await startTestService({ routes: webApiRoutes, log, metrics });
  planted = await seedMember(app.deps, { isSecret: true });
});
afterAll(() => app.close());

/** Each of the methods right, wrong in its parameters, from elsewhere, and with the key in odd places. */
async function tryAll(key: string, methods: Iterable<string>) {
  for (const name of methods) {
    const params = `name=${key}&username=${key}&id=${key}&token=${key}&script=${key}&protection=${key}&scripts=${key}&content=x&notes=${key}`;
    const get = (query: string) => app.gateway.get(`/api.php?${query}`).set('x-forwarded-for', HOME);
    const post = (query: string) => app.gateway.post('/api.php').set('x-forwarded-for', '192.0.2.5').type('form').send(query);
    const all = [get(`key=${key}&cmd=${name}`), get(`key=${key}&cmd=${name}&${params}`), post(`key=${key}&cmd=${name}&${params}`)];
    replies.push(...(await Promise.all(all)).filter(({ status }) => status >= 400).map(({ text }) => text));
  }
  await app.gateway.get(`/api.php?cmd=${key}&key=${key}`).set('x-forwarded-for', HOME);
  await app.gateway.post('/api.php?cmd=setConfiguration').set('x-forwarded-for', HOME).type('json').send(`{"key":"${key}"`);
  await app.gateway.get(`/api.php/${key}?key=${key}`).set('x-forwarded-for', HOME);
}

describe('a licence key', () => {
  it('that was planted is in no log line, audit row, error or metric, but for its last four characters', async () => {
    const mistyped = newLicenceKey();
    const lower = planted.keyValue.toLowerCase();
    await tryAll(planted.keyValue, METHODS.keys());
    await tryAll(mistyped, ['getMember', 'getHandshake']);
    await tryAll(lower, ['getMember', 'getHandshake']);
    await app.deps.audit.flush();
    const rows = await app.deps.db.query<{ row: string }>`SELECT audit_log::text AS row FROM audit_log`;
    expect(rows.length).toBeGreaterThan(70);
    const { text } = await metrics.render();
    expect(text).toContain('http_requests_total');
    const seen = [...lines, ...replies, text, ...rows.map(({ row }) => row)].join('\n');
    // Of `ABCD-EFGH-IJKL-MNOP` not even a middle piece.
    const pieces = [planted.keyValue, mistyped, lower].flatMap((key) => [key.slice(0, 9), key.slice(5, 14), key.slice(10)]);
    expect(pieces.filter((piece) => seen.includes(piece))).toEqual([]);
    const [own] = await app.deps.db.query<{ count: number }>`
      SELECT count(*)::int AS count FROM audit_log WHERE key_last4 = ${planted.keyValue.slice(-4)} AND owner_id = ${planted.sellerId}`;
    expect(own?.count).toBeGreaterThan(50);
  });
});
