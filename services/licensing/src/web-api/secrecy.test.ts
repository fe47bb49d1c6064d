import { newLicenceKey } from '@gatehouse/auth';
import { createLog } from '@gatehouse/http';
import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webApiRoutes } from './index.ts';
import { METHODS } from './methods.ts';
import { HOME, type SeededMember, seedMember } from './testing/seed-member.ts';

let app: TestService;
let planted: SeededMember;
let lines = '';
const replies: string[] = [];

beforeAll(async () => {
  const log = createLog('test', 'trace', { write: (line: string) => void (lines += line) });
  app = await startTestService({ routes: webApiRoutes, log });
  planted = await seedMember(app.deps, { isSecret: true });
});
afterAll(() => app.close());

/** Each method, right, wrong in its parameters, without its Session's address, and with the key in odd places. */
async function tryAll(key: string) {
  for (const name of METHODS.keys()) {
    const params = `name=${key}&username=${key}&id=${key}&token=${key}&script=${key}&protection=${key}&scripts=${key}`;
    const queries = [`key=${key}&cmd=${name}`, `key=${key}&cmd=${name}&${params}`, `cmd=${key}&key=${key}`];
    for (const query of queries) {
      const get = await app.gateway.get(`/api.php?${query}`).set('x-forwarded-for', HOME);
      const post = await app.gateway.post('/api.php').set('x-forwarded-for', '192.0.2.5').type('form').send(query);
      replies.push(...[get, post].filter(({ status }) => status >= 400).map(({ text }) => text));
    }
  }
  await app.gateway.post(`/api.php?cmd=setConfiguration`).set('x-forwarded-for', HOME).type('json').send(`{"key":"${key}"`);
  await app.gateway.get(`/api.php/${key}?key=${key}`).set('x-forwarded-for', HOME);
}

describe('a licence key', () => {
  it('that was planted is in no log line, audit row or error, but for its last four characters', async () => {
    const mistyped = newLicenceKey();
    const lower = planted.keyValue.toLowerCase();
    await tryAll(planted.keyValue);
    await tryAll(mistyped);
    await tryAll(lower);
    await app.deps.audit.flush();
    const rows = await app.deps.db.query<{ row: string }>`SELECT audit_log::text AS row FROM audit_log`;
    expect(rows.length).toBeGreaterThan(300);
    const seen = [lines, ...replies, ...rows.map(({ row }) => row)].join('\n');
    for (const key of [planted.keyValue, mistyped, lower]) {
      // Of `ABCD-EFGH-IJKL-MNOP` not even a middle piece.
      expect(seen).not.toContain(key.slice(0, 9));
      expect(seen).not.toContain(key.slice(5, 14));
      expect(seen).not.toContain(key.slice(10));
    }
    const [own] = await app.deps.db.query<{ count: number }>`
      SELECT count(*)::int AS count FROM audit_log WHERE key_last4 = ${planted.keyValue.slice(-4)} AND owner_id = ${planted.sellerId}`;
    expect(own?.count).toBeGreaterThan(50);
  });
});
