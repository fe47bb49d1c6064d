import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { licensingAdminRoutes } from '../../admin/index.ts';
import { webApiRoutes } from '../index.ts';
import { changeUser, HOME, type SeededMember, seedKey, seedMember, seedSession, seedUser } from '../testing/seed-member.ts';

const DENIED = { code: 403, status: 403, message: 'authorization denied by server' };
const NOT_FOUND = { code: 404, status: 404, message: 'member not found' };

let app: TestService;
let seller: SeededMember;
let rival: SeededMember;

beforeAll(async () => {
  app = await startTestService({ routes: (deps) => [...webApiRoutes(deps), ...licensingAdminRoutes(deps)] });
  seller = await seedMember(app.deps, { isSecret: true });
  rival = await seedMember(app.deps, { isSecret: true });
});
afterAll(() => app.close());

const call = (key: string, query = 'cmd=getMember', address = HOME) =>
  app.gateway.get(`/api.php?key=${key}&${query}`).set('x-forwarded-for', address);
const message = (text: string) => ({ code: 200, status: 200, message: text });

describe('the privilege', () => {
  it('is revoked for one member and given back, each felt by the next call, also in another process', async () => {
    const elsewhere = await startTestService({ routes: webApiRoutes, on: app });
    const callElsewhere = (key: string) => elsewhere.gateway.get(`/api.php?key=${key}`).set('x-forwarded-for', HOME);
    const [ada, bob] = [await seedMember(app.deps, seller), await seedMember(app.deps, seller)];
    for (let round = 0; round < 20; round += 1) {
      expect((await call(ada.keyValue)).status).toBe(200);
      expect((await callElsewhere(ada.keyValue)).status).toBe(200);
      expect((await call(seller.keyValue, `cmd=revokeApi&username=${ada.username}`)).body).toEqual(message('api revoked'));
      expect((await callElsewhere(ada.keyValue)).body).toEqual(DENIED);
      expect((await call(ada.keyValue)).body).toEqual(DENIED);
      expect((await callElsewhere(bob.keyValue)).status).toBe(200);
      expect((await call(seller.keyValue, `cmd=grantApi&username=${ada.username}`)).body).toEqual(message('api granted'));
    }
    await elsewhere.close();
  });

  it('withdrawn by one seller is not withdrawn for the keys of another', async () => {
    const ada = await seedMember(app.deps, seller);
    const other = await seedKey(app.deps, { userId: rival.sellerId, memberId: ada.memberId });
    await seedSession(app.deps, other);
    await call(seller.keyValue, `cmd=revokeApi&username=${ada.username}`);
    expect((await call(ada.keyValue)).body).toEqual(DENIED);
    expect((await call(other.keyValue)).status).toBe(200);
  });
});

describe('a ban', () => {
  it('by the seller ends the live Sessions of its keys, which lifting it does not bring back', async () => {
    const ada = await seedMember(app.deps, seller);
    const other = await seedKey(app.deps, { userId: rival.sellerId, memberId: ada.memberId });
    await seedSession(app.deps, other);
    expect((await call(seller.keyValue, `cmd=banMember&username=${ada.username}&reason=abuse`)).body).toEqual(message('member banned'));
    expect((await call(ada.keyValue)).body).toEqual(DENIED);
    expect((await call(other.keyValue)).status).toBe(200);
    expect((await call(seller.keyValue, `cmd=unbanMember&username=${ada.username}`)).body).toEqual(message('member unbanned'));
    expect((await call(ada.keyValue)).body.message).toMatch(/not an active Session/);
    await seedSession(app.deps, { id: ada.keyId, userId: ada.sellerId, memberId: ada.memberId });
    const { body } = await call(ada.keyValue, 'cmd=getMember&bans');
    expect(body.bans).toEqual([{ type: 'member', reason: 'abuse', date: expect.any(Number), expire: null, lifted: expect.any(Number) }]);
  });

  it('by the platform ends all live Sessions of the member', async () => {
    const ada = await seedMember(app.deps, seller);
    await changeUser(app.deps, ada.memberId, { banned: true });
    expect((await call(ada.keyValue)).body).toEqual(DENIED);
    await changeUser(app.deps, ada.memberId, { banned: false });
    expect((await call(ada.keyValue)).body.message).toMatch(/not an active Session/);
  });

  it('of the caller themself is refused: nobody could lift it', async () => {
    expect((await call(seller.keyValue, `cmd=banMember&username=${seller.username}`)).status).toBe(400);
    expect((await call(seller.keyValue)).status).toBe(200);
  });
});

describe('a secret key', () => {
  it('is needed by every method for sellers, before its parameters are looked at', async () => {
    const ada = await seedMember(app.deps, seller);
    for (const command of ['banMember', 'unbanMember', 'revokeApi', 'grantApi', 'listAttempts']) {
      expect((await call(ada.keyValue, `cmd=${command}&count=x`)).body).toEqual({
        code: 403,
        status: 403,
        message: 'this key does not have access to this method',
      });
    }
  });

  it('of one seller is nothing to the members of another', async () => {
    const ada = await seedMember(app.deps, seller);
    for (const command of ['banMember', 'unbanMember', 'revokeApi', 'grantApi']) {
      expect((await call(rival.keyValue, `cmd=${command}&username=${ada.username}`)).body).toEqual(NOT_FOUND);
      expect((await call(rival.keyValue, `cmd=${command}&username=nobody-at-all`)).body).toEqual(NOT_FOUND);
    }
    expect((await call(rival.keyValue, `cmd=getMemberAsBuddy&name=${ada.username}`)).body).toEqual(NOT_FOUND);
    expect((await call(ada.keyValue)).status).toBe(200);
  });

  it('is made and unmade by an operator, felt by the next call', async () => {
    const ada = await seedMember(app.deps, seller);
    const set = (secret: boolean) =>
      app.gateway.put(`/admin/v1/licences/${ada.keyId}/secret`).auth(ADMIN_TOKEN, { type: 'bearer' }).send({ secret });
    expect((await set(true)).body).toMatchObject({ id: ada.keyId, is_secret: true, last4: ada.keyValue.slice(-4) });
    expect((await call(ada.keyValue, 'cmd=listAttempts')).status).toBe(200);
    await set(false);
    expect((await call(ada.keyValue, 'cmd=listAttempts')).status).toBe(403);
  });

  it('does not take a display name that two members share, and prefers a login', async () => {
    const twins = [
      await seedMember(app.deps, { ...seller, user: { name: 'Same Name' } }),
      await seedMember(app.deps, { ...seller, user: { name: 'same name' } }),
    ];
    expect((await call(seller.keyValue, 'cmd=revokeApi&username=Same%20Name')).status).toBe(409);
    await app.deps.db.prisma.user.update({ where: { id: twins[0]?.memberId ?? 0 }, data: { login: 'Same Name' } });
    expect((await call(seller.keyValue, 'cmd=revokeApi&username=same%20name')).status).toBe(200);
    expect((await call(twins[0]?.keyValue ?? '')).status).toBe(403);
    expect((await call(twins[1]?.keyValue ?? '')).status).toBe(200);
  });
});

describe('listAttempts', () => {
  it("tells the calls with the seller's keys and no others, refused ones too, keys hidden", async () => {
    const [own, others] = [await seedMember(app.deps, { isSecret: true }), await seedMember(app.deps, seller)];
    await call(own.keyValue, 'cmd=getScript&id=0');
    await call(own.keyValue, 'cmd=getMember', '192.0.2.200');
    await call(others.keyValue);
    await app.deps.audit.flush();
    const { body } = await call(own.keyValue, 'cmd=listAttempts&count=10');
    const last4 = own.keyValue.slice(-4);
    expect(body).toEqual([
      {
        time: expect.any(Number),
        username: own.username,
        command: 'getMember',
        key: last4,
        address: '192.0.2.200',
        code: 401,
        outcome: 'HASH_MISMATCH',
      },
      {
        time: expect.any(Number),
        username: own.username,
        command: 'getScript',
        key: last4,
        address: HOME,
        code: 400,
        outcome: 'BAD_PARAMETER',
      },
    ]);
  });

  it('takes a count from 1 to 200', async () => {
    expect((await call(seller.keyValue, 'cmd=listAttempts&count=1')).body).toHaveLength(1);
    for (const count of ['0', '201', 'x', '1.5', ''])
      expect((await call(seller.keyValue, `cmd=listAttempts&count=${count}`)).status).toBe(400);
  });
});

describe('a key', () => {
  it('is given to a member and taken away by an operator, felt by the next call', async () => {
    const user = await seedUser(app.deps);
    const key = await seedKey(app.deps, { userId: seller.sellerId });
    const admin = (method: 'put' | 'delete') =>
      app.gateway[method](`/admin/v1/licences/${key.id}/member`).auth(ADMIN_TOKEN, { type: 'bearer' });
    expect((await call(key.keyValue)).body).toEqual(DENIED);
    expect((await admin('put').send({ user_id: user.id })).body).toMatchObject({ id: key.id, member_id: user.id });
    await seedSession(app.deps, { ...key, memberId: user.id });
    expect((await call(key.keyValue)).body.fid).toBe(user.id);
    expect((await admin('delete')).status).toBe(204);
    expect((await call(key.keyValue)).body).toEqual(DENIED);
    const wrong = await admin('put').send({ user_id: 2_000_000_000 });
    expect([wrong.status, wrong.body.details]).toEqual([400, [{ path: 'user_id', message: 'is not the id of a user' }]]);
    expect((await app.gateway.delete('/admin/v1/licences/2000000000/member').auth(ADMIN_TOKEN, { type: 'bearer' })).status).toBe(404);
  });
});
