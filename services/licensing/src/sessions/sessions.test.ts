import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';
import { matchesHash } from '../web-api/member-hash.ts';

let app: LicensingApp;
let seller: TestSeller;

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
});
afterAll(() => app.close());

const DAY_MS = 86_400_000;
const iso = (ms = 0) => new Date(app.clock().getTime() + ms).toISOString();
const open = (body: object, address = '198.51.100.1') => app.gateway.post('/sessions').set('x-forwarded-for', address).send(body);
const beat = (id: number, token: string, address = '198.51.100.1') =>
  app.gateway.post(`/sessions/${id}/heartbeat`).set('x-forwarded-for', address).set('authorization', `Bearer ${token}`);
const end = (id: number, token: string) => app.gateway.delete(`/sessions/${id}`).set('authorization', `Bearer ${token}`);

describe('POST /sessions', () => {
  it('opens a Session of 24 hours, binds the machine and shows the token this once', async () => {
    const key = await app.createKey(seller, { key_name: 'Ann' });
    const { status, body } = await open({ key: key.key_value, hwid: 'machine' });
    expect(status).toBe(201);
    expect(body).toEqual({
      session: { id: expect.any(Number), token: expect.any(String), started_at: iso(), expires_at: iso(DAY_MS) },
      key: { id: key.id, expires_at: null, is_premium: false, service_id: null, key_name: 'Ann' },
    });
    const row = await app.deps.db.prisma.keySession.findUniqueOrThrow({ where: { id: body.session.id } });
    expect(Buffer.from(row.tokenHash).toString()).not.toContain(body.session.token);
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).body.key.hwids).toHaveLength(1);
  });

  it('refuses with the verdict', async () => {
    const key = await app.createKey(seller, { is_invalidated: undefined });
    await app.call(seller, 'put', `/keys/${key.id}`, { is_invalidated: true });
    const refused = await open({ key: key.key_value, hwid: 'machine' });
    expect([refused.status, refused.body]).toEqual([403, { error: expect.any(String), code: 'KEY_INVALIDATED' }]);
    expect((await open({ key: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ' })).body.code).toBe('KEY_NOT_FOUND');
  });

  it('a one-time key that was verified with a nonce opens one Session with the same nonce, and none without', async () => {
    const key = await app.createKey(seller, { one_time_use: true });
    const ask = { key: key.key_value, hwid: 'machine', nonce: 'n' };
    expect((await app.verify(ask)).body.code).toBe('KEY_VALID');
    expect((await open({ ...ask, nonce: null })).body.code).toBe('KEY_ALREADY_USED');
    const first = await open(ask);
    const again = await open(ask);
    expect([first.status, again.status, again.body.session.id]).toEqual([201, 201, first.body.session.id]);
    expect((await beat(first.body.session.id, first.body.session.token)).status).toBe(401);
    expect((await beat(first.body.session.id, again.body.session.token)).status).toBe(200);
    await end(first.body.session.id, again.body.session.token);
    expect((await open(ask)).body.code).toBe('KEY_ALREADY_USED');
  });
});

describe('a Session', () => {
  it('lives 24 hours from the last heartbeat', async () => {
    const key = await app.createKey(seller);
    const { session } = (await open({ key: key.key_value, hwid: 'machine' })).body;
    app.clock.advance(DAY_MS - 1000);
    const prolonged = await beat(session.id, session.token);
    expect(prolonged.body).toEqual({ session: { id: session.id, started_at: session.started_at, expires_at: iso(DAY_MS) } });
    app.clock.advance(DAY_MS);
    expect((await beat(session.id, session.token)).body.code).toBe('UNAUTHORIZED');
  });

  it('ends when told, and its token with it', async () => {
    const key = await app.createKey(seller);
    const { session } = (await open({ key: key.key_value, hwid: 'machine' })).body;
    const other = (await open({ key: key.key_value, hwid: 'machine' })).body.session;
    expect((await end(other.id, session.token)).body).toEqual({ error: 'Session not found', code: 'NOT_FOUND' });
    const ended = await end(session.id, session.token);
    expect([ended.status, ended.text]).toEqual([200, '']);
    expect((await beat(session.id, session.token)).status).toBe(401);
    expect((await beat(other.id, other.token)).status).toBe(200);
    expect((await beat(other.id, 'ks_unknown')).status).toBe(401);
    expect((await app.gateway.delete(`/sessions/${other.id}`)).status).toBe(401);
  });

  it('a DELETE sent again with its Idempotency-Key gets its first answer again', async () => {
    const key = await app.createKey(seller);
    const { session } = (await open({ key: key.key_value, hwid: 'machine' })).body;
    const send = () => end(session.id, session.token).set('idempotency-key', `end-${session.id}`);
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
  });

  it('does not outlive its key or a ban of its machine', async () => {
    const key = await app.createKey(seller);
    const { session } = (await open({ key: key.key_value, hwid: 'machine' })).body;
    await app.call(seller, 'put', `/keys/${key.id}`, { is_invalidated: true });
    expect((await beat(session.id, session.token)).body.code).toBe('KEY_INVALIDATED');
    await app.call(seller, 'put', `/keys/${key.id}`, { is_invalidated: false });
    expect((await beat(session.id, session.token)).status).toBe(200);
    await app.call(seller, 'post', '/hwid-bans', { hwid: 'machine' });
    expect((await beat(session.id, session.token)).status).toBe(401);
    const { hwid_bans } = (await app.call(seller, 'get', '/hwid-bans')).body;
    await app.call(seller, 'delete', `/hwid-bans/${hwid_bans[0].id}`);
  });

  it('of a key with a member sets the member’s hash to the caller, and a heartbeat adds the other address family', async () => {
    const { db } = app.deps;
    const member = await app.createSeller();
    const key = await app.createKey(seller);
    await db.prisma.licenceKey.update({ where: { id: key.id }, data: { memberId: member.id } });
    const hash = async () => {
      const state = await db.prisma.memberState.findUniqueOrThrow({ where: { memberId: member.id } });
      return { salt: state.salt ?? new Uint8Array(), hashV4: state.hashV4, hashV6: state.hashV6 };
    };
    const { session } = (await open({ key: key.key_value, hwid: 'm' }, '198.51.100.1')).body;
    expect(matchesHash(await hash(), '198.51.100.1')).toBe(true);
    await beat(session.id, session.token, '2001:db8:1:2::5');
    expect(matchesHash(await hash(), '2001:db8:1:2::/64')).toBe(true);
    await open({ key: key.key_value, hwid: 'm' }, '198.51.100.2');
    expect([matchesHash(await hash(), '198.51.100.1'), matchesHash(await hash(), '198.51.100.2')]).toEqual([false, true]);
  });
});
