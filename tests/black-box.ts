import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import supertest from 'supertest';

/** A running Gatehouse, however it runs. */
export interface Target {
  readonly baseUrl: string;
  readonly adminToken: string;
}

/** What the suite makes for itself, with names of its own: it can run again and beside others. */
export interface World {
  readonly userId: number;
  readonly email: string;
  readonly password: string;
  readonly restApiKey: string;
  readonly phpstrapToken: string;
  readonly altercpaKey: string;
  readonly siteId: number;
  readonly siteApiKey: string;
  readonly keyId: number;
  readonly providerId: number;
  readonly licenceKey: string;
}

/**
 * Tries all five APIs and the operator's as a client does, through the gateway and nothing else. The same suite runs
 * against the standalone start and against the containers.
 */
export function describeBlackBox(name: string, target: () => Target): void {
  describe(name, () => {
    let world: World;
    const client = () => supertest(target().baseUrl);
    const operator = () => supertest.agent(target().baseUrl).set('authorization', `Bearer ${target().adminToken}`);

    beforeAll(async () => {
      world = await makeWorld(operator());
    }, 60_000);

    it('keys: a key is made, found by id, by value and by part, changed and deleted', async () => {
      const seller = supertest.agent(target().baseUrl).set('authorization', world.restApiKey);
      const created = await seller.post('/keys').send({ provider_id: world.providerId, key_name: 'black box', hwid_limit: 2 });
      expect([created.status, created.body.key.status]).toEqual([201, 'unused']);
      const { id, key_value } = created.body.key;
      for (const name of [id, key_value]) expect((await seller.get(`/keys/${name}`)).body.key.id).toBe(id);
      const found = await seller.get('/keys').query({ key: key_value.slice(5, 12).toLowerCase(), limit: 1 });
      expect(found.body).toMatchObject({ keys: [{ id }], pagination: { page: 1, limit: 1, total: 1, pages: 1 } });
      expect((await seller.put(`/keys/${id}`).send({ is_invalidated: true })).status).toBe(200);
      expect((await client().post('/keys/verify').send({ key: key_value, hwid: 'a' })).body.code).toBe('KEY_INVALIDATED');
      expect([(await seller.delete(`/keys/${id}`)).status, (await seller.get(`/keys/${id}`)).body]).toEqual([
        200,
        { error: 'Key not found', code: 'NOT_FOUND' },
      ]);
    });

    it('keys: equal requests with one Idempotency-Key make one key', async () => {
      const seller = supertest.agent(target().baseUrl).set('authorization', world.restApiKey);
      const body = { provider_id: world.providerId };
      const key = randomBytes(8).toString('hex');
      const answers = await Promise.all(Array.from({ length: 8 }, () => seller.post('/keys').set('idempotency-key', key).send(body)));
      expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
      expect(
        (
          await seller
            .post('/keys')
            .set('idempotency-key', key)
            .send({ ...body, key_name: 'x' })
        ).status,
      ).toBe(422);
    });

    it('keys: however many programs verify at once, no more HWIDs are bound than the limit', async () => {
      const seller = supertest.agent(target().baseUrl).set('authorization', world.restApiKey);
      const { body } = await seller.post('/keys').send({ provider_id: world.providerId, hwid_limit: 3 });
      const verify = (hwid: string) => client().post('/keys/verify').send({ key: body.key.key_value, hwid });
      const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => verify(`machine-${index}`)));
      expect(answers.filter((answer) => answer.body.valid)).toHaveLength(3);
      expect((await seller.get(`/keys/${body.key.id}`)).body.key.hwids).toHaveLength(3);
    });

    it('web-api: the member is told what the document says, and a stranger nothing', async () => {
      expect((await client().post('/sessions').send({ key: world.licenceKey, hwid: 'machine' })).status).toBe(201);
      const member = await client().get('/api.php').query({ key: world.licenceKey, cmd: 'getMember' });
      expect([member.status, member.body.fid]).toEqual([200, world.userId]);
      const unknown = await client().get('/api.php').query({ key: 'AAAA-AAAA-AAAA-AAAA', cmd: 'getMember' });
      expect([unknown.status, unknown.body]).toEqual([401, { code: 401, status: 401, message: 'invalid api key' }]);
      const command = await client().get('/api.php').query({ key: world.licenceKey, cmd: 'GETMEMBER' });
      expect(command.body).toEqual({ code: 400, status: 400, message: 'invalid API command' });
    });

    it('phpstrap: status, profile, rate-limit figures, and the list only for resellers', async () => {
      const status = await client().get('/api/v1/status.php');
      expect(status.body).toMatchObject({ success: true, data: { status: 'operational', api_version: 'v1', caller: null } });
      const me = await client().get('/api/v1/me.php').set('authorization', `Bearer ${world.phpstrapToken}`);
      expect(me.body.data).toMatchObject({ id: world.userId, email: world.email });
      expect(Number(me.headers['x-ratelimit-remaining'])).toBe(me.body.data.api.remaining);
      const users = await client().get('/api/v1/users.php').query({ api_key: world.phpstrapToken });
      expect([users.status, users.body.error.code]).toEqual([403, 'FORBIDDEN']);
      expect((await client().get('/api/v1/me.php')).body).toEqual({
        success: false,
        error: { code: 'MISSING_TOKEN', message: expect.any(String) },
      });
      expect((await client().post('/api/v1/me.php')).headers.allow).toBe('GET, HEAD, OPTIONS');
    });

    it('altercpa: always 200; a rotated key stops at once', async () => {
      const info = (id: string) => client().get('/api/profile/info.json').query({ id });
      expect((await info(world.altercpaKey)).body).toMatchObject({ status: 'ok', data: { id: world.userId } });
      const rotated = await client().post('/api/profile/apikey.json').query({ id: world.altercpaKey });
      expect((await info(world.altercpaKey)).body).toEqual({ status: 'error', error: 'key' });
      expect((await info(rotated.body.data.key)).body.status).toBe('ok');
      expect((await client().get('/api/no/such.json')).body).toEqual({ status: 'error', error: 'func' });
    });

    it('hotspot: a voucher is made, listed and removed with the documented messages', async () => {
      const call = (body: object) =>
        client()
          .post('/api/')
          .send({ 'api-key': world.siteApiKey, ...body });
      const username = `guest${randomBytes(4).toString('hex')}`;
      const created = await call({ action: 'create_voucher', username, valid_for: '2 days', download_limit: 1024 });
      expect(created.body).toMatchObject({
        message: 'User added successfully',
        user: { username, valid_for: '2 days', download_limit: '1024', upload_limit: '0' },
        error: false,
      });
      expect((await call({ action: 'create_voucher', username })).body).toEqual({ message: 'Username already exists', error: true });
      const { body } = await call({ action: 'get_voucher_users' });
      expect(body.users.find((user: { username: string }) => user.username === username)).toMatchObject({
        password: created.body.user.passcode,
        download_limit: 1024,
      });
      expect((await call({ action: 'remove_voucher', username })).body).toEqual({ message: 'User removed successfully', error: false });
      expect((await client().post('/api/').send({ 'api-key': 'wrong', action: 'get_logins' })).body).toEqual({
        message: 'API Key is incorrect',
        error: true,
      });
    });

    it('operators: what is revoked is refused in the next call', async () => {
      const { body } = await operator()
        .post(`/admin/v1/users/${world.userId}/credentials`)
        .send({ kind: 'rest-api', scopes: ['rest-api:read'] });
      const list = () => client().get('/keys').set('authorization', `Bearer ${body.secret}`);
      expect((await list()).status).toBe(200);
      expect((await operator().delete(`/admin/v1/credentials/${body.id}`)).status).toBeLessThan(300);
      expect([(await list()).status, (await list()).body.code]).toEqual([401, 'UNAUTHORIZED']);
      expect((await client().get('/admin/v1/users')).status).toBe(401);
    });
  });
}

/** Makes what the calls need, as an operator would. */
export async function makeWorld(operator: ReturnType<typeof supertest.agent>): Promise<World> {
  const email = `${randomBytes(6).toString('hex')}@black-box.example`;
  const password = randomBytes(12).toString('hex');
  const post = async (path: string, body: object = {}, token?: string) => {
    const call = operator.post(path).send(body);
    const response = await (token === undefined ? call : call.set('authorization', `Bearer ${token}`));
    if (response.status >= 300) throw new Error(`${path} answered ${response.status} ${response.text}`);
    return response.body;
  };
  const user = await post('/admin/v1/users', { name: 'Black Box', email, password });
  const credentials = `/admin/v1/users/${user.id}/credentials`;
  const { secret: restApiKey } = await post(credentials, { kind: 'rest-api', scopes: ['rest-api:*'] });
  const { secret: phpstrapToken } = await post(credentials, { kind: 'phpstrap' });
  const { secret: altercpaKey } = await post(credentials, { kind: 'altercpa' });
  const { provider } = await post('/providers', { name: 'Black box' }, restApiKey);
  const { key } = await post('/keys', { provider_id: provider.id }, restApiKey);
  await operator.put(`/admin/v1/licences/${key.id}/member`).send({ user_id: user.id }).expect(200);
  const { token } = await post('/accounts/v1/sign-in', { email, password }, 'none');
  const { secret } = await post('/accounts/v1/two-step', {}, token);
  await post('/accounts/v1/two-step/confirm', { code: new TOTP({ secret: Secret.fromBase32(secret) }).generate() }, token);
  const site = await post('/admin/v1/sites', { name: 'Black box', timezone: 'UTC' });
  await operator.patch(`/admin/v1/sites/${site.id}`).send({ api_enabled: true }).expect(200);
  const { secret: siteApiKey } = await post(`/admin/v1/sites/${site.id}/api-keys`);
  const made = { restApiKey, phpstrapToken, altercpaKey, siteApiKey };
  return { ...made, userId: user.id, email, password, siteId: site.id, keyId: key.id, providerId: provider.id, licenceKey: key.key_value };
}
