import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webApiRoutes } from '../index.ts';
import { HOME, type SeededMember, seedMember } from '../testing/seed-member.ts';

let app: TestService;
let ada: SeededMember;

beforeAll(async () => {
  app = await startTestService({ routes: webApiRoutes });
  ada = await seedMember(app.deps);
});
afterAll(() => app.close());

const get = (query: string) => app.gateway.get(`/api.php?key=${ada.keyValue}&${query}`).set('x-forwarded-for', HOME);
const post = () => app.gateway.post(`/api.php?key=${ada.keyValue}&cmd=setConfiguration`).set('x-forwarded-for', HOME);
const INVALID = { code: 400, status: 400, message: 'parameter is invalid or missing' };
const UPDATED = { code: 200, status: 200, message: 'configuration updated' };

/** Texts that a reader who parses and writes anew would change. */
const EXACT = [
  '{ "b":1.0,\n "a":1e2, "a":12345678901234567890, "é":"\\u00e9\\u0000 \\/ ✓" }',
  '[1,2 , [3]]',
  '"just text"',
  '-0.50',
  'null',
  `${'['.repeat(500)}${']'.repeat(500)}`,
];

describe('a configuration', () => {
  it('is read as it was set, byte for byte, however it was sent', async () => {
    for (const text of EXACT) {
      const sent = [
        post().type('form').send({ value: text }),
        post().field('value', text),
        post().send({ value: text }),
        post()
          .type('json')
          .send(`{"other": "value", "value" : ${text.startsWith('"') ? JSON.stringify(text) : text} }`),
      ];
      for (const request of sent) {
        expect((await request).body).toEqual(UPDATED);
        expect((await get('cmd=getConfiguration')).text).toBe(text);
        expect((await get('cmd=getConfiguration&beautify')).text).toBe(text);
        await get('cmd=resetConfiguration');
      }
    }
  });

  it('is {} before it is set and after it was reset', async () => {
    await post().send({ value: '1' });
    expect((await get('cmd=resetConfiguration')).body).toEqual({ code: 200, status: 200, message: 'configuration reset' });
    const reply = await get('cmd=getConfiguration');
    expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([200, '{}', 'application/json']);
  });

  it('may have 1 MiB and not a byte more, also where urlencoding swells it to three times that', async () => {
    const largest = `"${'é'.repeat((1_048_576 - 2) / 2)}"`;
    expect((await post().type('form').send({ value: largest })).body).toEqual(UPDATED);
    expect((await get('cmd=getConfiguration')).text).toBe(largest);
    const tooLarge = await post().field('value', `${largest} `);
    expect(tooLarge.body).toEqual({ code: 413, status: 413, message: 'request is too large' });
    expect((await get('cmd=getConfiguration')).text).toBe(largest);
  });

  it('must be JSON', async () => {
    for (const value of ['', 'abc', '{', '{"a":1,}', "{'a':1}", '\ufeff{}', 'NaN', '1 2']) {
      expect((await post().type('form').send({ value })).body).toEqual(INVALID);
    }
    for (const body of ['{}', '{"value":"{"}', '{"value":"\\"\\ud800\\""}'])
      expect((await post().type('json').send(body)).body).toEqual(INVALID);
    expect((await post().type('form').send('value=1&value=2')).body).toEqual(INVALID);
  });

  it('is set by POST only', async () => {
    const reply = await get('cmd=setConfiguration&value=1');
    expect([reply.status, reply.body.code, reply.headers.allow]).toEqual([405, 405, 'POST']);
  });

  it('belongs to the member alone', async () => {
    await post().send({ value: '"mine"' });
    const bob = await seedMember(app.deps, { sellerId: ada.sellerId });
    const reply = await app.gateway.get(`/api.php?key=${bob.keyValue}&cmd=getConfiguration`).set('x-forwarded-for', HOME);
    expect(reply.text).toBe('{}');
  });
});
