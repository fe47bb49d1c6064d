import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { webApiRoutes } from './index.ts';
import { changeUser, endSessions, HOME, type SeededMember, seedKey, seedMember, seedSession } from './testing/seed-member.ts';

const HOUR_MS = 3_600_000;

let app: TestService;
let ada: SeededMember;
let closing: Promise<void> | undefined;

beforeAll(async () => {
  app = await startTestService({ routes: webApiRoutes });
  ada = await seedMember(app.deps);
});
afterAll(() => Promise.all([app.close(), closing]));

const from = (address: string) => ({ 'x-forwarded-for': address });
const call = (query: string, address = HOME) => app.gateway.get(`/api.php?${query}`).set(from(address));

describe('api.php', () => {
  it('getMember answers the member, bare', async () => {
    const reply = await call(`key=${ada.keyValue}&cmd=getMember`);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.headers['x-request-id']).toBeDefined();
    expect(reply.body).toEqual({
      username: ada.username,
      level: 1,
      protection: 0,
      fid: ada.memberId,
      register_date: expect.any(Number),
      custom_title: '',
      groups: ['members'],
      avatar: null,
      discord: null,
      key: { last4: ada.keyValue.slice(-4), expires_at: null, is_premium: false },
      session: { directory: '', started: expect.any(Number), expire: expect.any(Number) },
    });
  });

  it('a key alone is as getMember', async () => {
    const reply = await call(`key=${ada.keyValue}`);
    expect(reply.body.username).toBe(ada.username);
  });

  it('errors wear the envelope with code and status', async () => {
    const reply = await call('cmd=getMember', '203.0.113.50');
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({ code: 401, status: 401, message: 'invalid api key' });
  });

  it('takes key, command and parameters in a body: urlencoded, multipart and JSON', async () => {
    const fields = { key: ada.keyValue, cmd: 'setProtection', protection: '3' };
    const done = { code: 200, status: 200, message: 'protection updated' };
    const post = () => app.gateway.post('/api.php').set(from(HOME));
    expect((await post().type('form').send(fields)).body).toEqual(done);
    expect((await post().field(fields)).body).toEqual(done);
    expect((await post().send({ ...fields, protection: 2 })).body).toEqual(done);
    expect((await call(`key=${ada.keyValue}`)).body.protection).toBe(2);
  });

  it('the query wins over the body', async () => {
    const reply = await app.gateway
      .post(`/api.php?key=${ada.keyValue}&cmd=getMember`)
      .set(from(HOME))
      .send({ key: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ', cmd: 'nothing' });
    expect(reply.body.username).toBe(ada.username);
  });

  it('flags count by their presence, whatever they say', async () => {
    for (const flag of ['history', 'history=', 'history=true', 'history=false']) {
      const { body } = await call(`key=${ada.keyValue}&${flag}`);
      expect(Object.keys(body.session_history)).toEqual([String(ada.sessionId)]);
    }
  });

  it('beautify indents by four spaces and keeps the content type', async () => {
    const plain = await call(`key=${ada.keyValue}`);
    const pretty = await call(`key=${ada.keyValue}&beautify`);
    expect(pretty.headers['content-type']).toBe('application/json');
    expect(pretty.text).toBe(JSON.stringify(plain.body, null, 4));
  });

  it('`__proto__` brings in no parameters', async () => {
    const { text } = await call(`key=${ada.keyValue}&cmd=getMember`);
    const body = `{"key":"${ada.keyValue}","cmd":"getMember","__proto__":{"beautify":"1","bans":"1"}}`;
    const posted = await app.gateway.post('/api.php').set(from(HOME)).set('content-type', 'application/json').send(body);
    expect(posted.text).toBe(text);
    expect((await call(`key=${ada.keyValue}&cmd=getMember&__proto__=beautify&__proto__=bans`)).text).toBe(text);
  });

  it('a command is case-sensitive; an empty or doubled one is none', async () => {
    for (const command of ['cmd=getmember', 'cmd=', 'cmd=getMember&cmd=getMember', 'cmd=constructor', 'cmd=__proto__']) {
      const reply = await call(`key=${ada.keyValue}&${command}`);
      expect(reply.body).toEqual({ code: 400, status: 400, message: 'invalid API command' });
    }
  });

  it('a parameter that is wrong, missing or doubled ends in 400', async () => {
    for (const query of [
      'protection=5',
      'protection=x',
      'protection=',
      '',
      'protection=1&protection=2',
      'protection=1.5',
      'protection=-1',
    ]) {
      const reply = await call(`key=${ada.keyValue}&cmd=setProtection&${query}`);
      expect(reply.body).toEqual({ code: 400, status: 400, message: 'parameter is invalid or missing' });
    }
  });

  it('a method that changes something is not done by HEAD, one that tells something is', async () => {
    const toggle = await app.gateway.head(`/api.php?key=${ada.keyValue}&cmd=setProtection&protection=4`).set(from(HOME));
    expect([toggle.status, toggle.headers['x-fault']]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    const member = await app.gateway.head(`/api.php?key=${ada.keyValue}`).set(from(HOME));
    expect(member.status).toBe(200);
    expect((await call(`key=${ada.keyValue}`)).body.protection).toBe(2);
  });

  it('a body of a wrong type, form or size is the documented error', async () => {
    const post = (query: string) => app.gateway.post(`/api.php?${query}`).set(from(HOME));
    const broken = await post('').type('json').send('{"key":');
    expect(broken.body).toEqual({ code: 400, status: 400, message: 'parameter is invalid or missing' });
    const xml = await post(`key=${ada.keyValue}&cmd=setProtection`).type('text/xml').send('<a/>');
    expect(xml.status).toBe(415);
    const large = await post(`key=${ada.keyValue}&cmd=setProtection`)
      .type('form')
      .send(`protection=1&x=${'y'.repeat(300_000)}`);
    expect(large.body).toEqual({ code: 413, status: 413, message: 'request is too large' });
  });

  it('other HTTP methods are refused', async () => {
    const reply = await app.gateway.put(`/api.php?key=${ada.keyValue}`).set(from(HOME));
    expect([reply.status, reply.body.code]).toEqual([405, 405]);
  });
});

describe('every rung, through the gateway', () => {
  const USER = { banned: true } as const;
  const rungs: [name: string, options: Parameters<typeof seedMember>[1], code: number, message: string][] = [
    ['an expired key', { key: { expiresAt: new Date(0) } }, 401, 'invalid api key'],
    ['an invalidated key', { key: { isInvalidated: true } }, 401, 'invalid api key'],
    ['a banned member', { user: USER }, 403, 'authorization denied by server'],
    ['an inactive member', { user: { isActive: false } }, 403, 'authorization denied by server'],
    ['a member without the privilege', { user: { webApiRevoked: true } }, 403, 'authorization denied by server'],
    ['two-step off', { user: { totpConfirmedAt: null } }, 403, 'API is not available because you must enable 2-step on your forum account'],
    [
      'a dormant account',
      { user: { lastActiveAt: null } },
      403,
      'API is not available because your forum account has not been active in the last 72 hours',
    ],
  ];
  it.each(rungs)('%s ends in its sentence, whatever the parameters', async (_name, options, code, message) => {
    const { keyValue } = await seedMember(app.deps, options);
    expect((await call(`key=${keyValue}`)).body).toEqual({ code, status: code, message });
    expect((await call(`key=${keyValue}&cmd=setProtection&protection=9`, '192.0.2.1')).body).toEqual({ code, status: code, message });
  });

  it('a sign-in or the use of a token counts as activity from the next call on', async () => {
    const bob = await seedMember(app.deps, { user: { lastActiveAt: null } });
    expect((await call(`key=${bob.keyValue}`)).status).toBe(403);
    await app.deps.db.prisma.user.update({ where: { id: bob.memberId }, data: { lastLoginAt: app.clock() } });
    expect((await call(`key=${bob.keyValue}`)).status).toBe(200);
    const eve = await seedMember(app.deps, { user: { lastActiveAt: null } });
    app.deps.activity.note(eve.memberId, null, app.clock());
    await app.deps.activity.flush();
    expect((await call(`key=${eve.keyValue}`)).status).toBe(200);
  });

  it('a database that is away is 503, not a wrong key', async () => {
    const closed = await startTestService({ routes: webApiRoutes });
    await closed.deps.db.close();
    const reply = await closed.gateway.get(`/api.php?key=${ada.keyValue}`);
    expect([reply.status, reply.body.code]).toEqual([503, 503]);
    // Its audit waits some seconds for the database to come back; the other tests need not.
    closing = closed.close().catch(() => undefined);
  });
});

describe('what is remembered between calls', () => {
  const thrice = async (key: string) => [
    (await call(`key=${key}`)).status,
    (await call(`key=${key}`)).status,
    (await call(`key=${key}`)).status,
  ];

  it('is no longer believed by the call after a change', async () => {
    const bob = await seedMember(app.deps);
    const user = (data: Parameters<typeof changeUser>[2]) => () => changeUser(app.deps, bob.memberId, data);
    const steps: [change: () => Promise<void>, status: number][] = [
      [user({ isActive: false }), 403],
      [user({ isActive: true }), 200],
      [user({ totpConfirmedAt: null }), 403],
      [user({ totpConfirmedAt: app.clock() }), 200],
      [user({ webApiRevoked: true }), 403],
      [user({ webApiRevoked: false }), 200],
      [() => endSessions(app.deps, bob), 401],
    ];
    expect(await thrice(bob.keyValue)).toEqual([200, 200, 200]);
    for (const [change, status] of steps) {
      await change();
      expect(await thrice(bob.keyValue)).toEqual([status, status, status]);
    }
  });

  it('spares the database every query while nothing changes', async () => {
    const bob = await seedMember(app.deps);
    expect(await thrice(bob.keyValue)).toEqual([200, 200, 200]);
    const query = jest.spyOn(app.deps.db, 'query');
    expect(await thrice(bob.keyValue)).toEqual([200, 200, 200]);
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
  });

  it('is judged by the clock of the call', async () => {
    const bob = await seedMember(app.deps);
    const limits: [advanceMs: number, sentence: RegExp][] = [
      [24 * HOUR_MS, /not an active Session/],
      [72 * HOUR_MS, /not been active in the last 72 hours/],
    ];
    const start = app.clock();
    for (const [ms, sentence] of limits) {
      app.clock.set(start);
      expect(await thrice(bob.keyValue)).toEqual([200, 200, 200]);
      app.clock.advance(ms - 1000);
      expect((await call(`key=${bob.keyValue}`)).status).toBe(ms === 24 * HOUR_MS ? 200 : 401);
      app.clock.advance(1000);
      expect((await call(`key=${bob.keyValue}`)).body.message).toMatch(sentence);
    }
    app.clock.set(start);
  });
});

describe('the Session and its hash', () => {
  const mismatch = {
    code: 401,
    status: 401,
    message: 'this license key cannot authorize due to the hash not matching the current Web API requester.',
  };
  const noSession = { code: 401, status: 401, message: 'API is not available because there is not an active Session for this license key' };

  it('serve the address of the Session only, a new Session moves it, its end ends access', async () => {
    const bob = await seedMember(app.deps);
    const key = { id: bob.keyId, userId: bob.sellerId, memberId: bob.memberId };
    expect((await call(`key=${bob.keyValue}`)).status).toBe(200);
    expect((await call(`key=${bob.keyValue}`, '198.51.100.9')).body).toEqual(mismatch);
    const second = await seedSession(app.deps, key, '198.51.100.9');
    expect((await call(`key=${bob.keyValue}`, '198.51.100.9')).status).toBe(200);
    expect((await call(`key=${bob.keyValue}`)).body).toEqual(mismatch);
    await endSessions(app.deps, { keyId: bob.keyId, sessionId: second });
    expect((await call(`key=${bob.keyValue}`, '198.51.100.9')).body).toEqual(mismatch);
    await endSessions(app.deps, bob);
    expect((await call(`key=${bob.keyValue}`)).body).toEqual(noSession);
  });

  it('count IPv6 by its /64', async () => {
    const bob = await seedMember(app.deps);
    await seedSession(app.deps, { id: bob.keyId, userId: bob.sellerId, memberId: bob.memberId }, '2001:db8:1:2::1');
    expect((await call(`key=${bob.keyValue}`, '2001:db8:1:2:ffff::9')).status).toBe(200);
    expect((await call(`key=${bob.keyValue}`, '2001:db8:1:3::1')).body).toEqual(mismatch);
  });

  it('of another key do not do', async () => {
    const bob = await seedMember(app.deps);
    const other = await seedKey(app.deps, { userId: bob.sellerId, memberId: bob.memberId });
    expect((await call(`key=${other.keyValue}`)).body).toEqual(noSession);
  });
});
