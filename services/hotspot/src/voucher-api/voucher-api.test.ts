import { INTERNAL_HEADERS } from '@gatehouse/http';
import { CLOUD_DOMAIN, startTestHotspot, type TestHotspot, type TestSite } from '../testing/start-test-hotspot.ts';

const NOT_SET = { message: 'API Key not set or method not allowed', error: true };
const INCORRECT = { message: 'API Key is incorrect', error: true };
const WRONG_KEY = `gsk_${'0'.repeat(48)}`;

describe('the voucher API', () => {
  let hotspot: TestHotspot;
  let site: TestSite;
  let addresses = 0;

  beforeAll(async () => {
    hotspot = await startTestHotspot();
    site = await hotspot.makeSite();
  });
  afterAll(() => hotspot.close());

  const post = (body: object) => hotspot.gateway.post('/api/').send(body);
  const get = (query: object) => hotspot.gateway.get('/api/').query(query);
  /** An address that no other test has used. */
  const newAddress = () => {
    addresses += 1;
    return `198.51.100.${addresses}`;
  };

  describe('checks a call in the documented order', () => {
    it.each([
      ['no key', () => post({ action: 'get_logins' })],
      ['an empty key', () => post({ 'api-key': '', action: 'get_logins' })],
      ['no body', () => hotspot.gateway.post('/api/')],
      ['a body that is no object', () => hotspot.gateway.post('/api/').send([site.key])],
      ['the key in the query of a POST', () => hotspot.gateway.post('/api/').query({ 'api-key': site.key }).send({ action: 'get_logins' })],
      ['the key in a header', () => post({ action: 'get_logins' }).set('authorization', `Bearer ${site.key}`)],
      ['another method', () => hotspot.gateway.put('/api/').send({ 'api-key': site.key, action: 'get_logins' })],
    ])('%s is not taken', async (_, call) => {
      const { body } = await call().expect(401);
      expect(body).toEqual(NOT_SET);
    });

    it.each([WRONG_KEY, 'x', 5, ['x', 'y'], { key: 'x' }, 'x'.repeat(5000)])('a wrong key is told apart from none: %j', async (key) => {
      const { body } = await post({ 'api-key': key, action: 'get_logins' }).expect(401);
      expect(body).toEqual(INCORRECT);
    });

    it('a wrong key comes before a site that is off, which comes before an unknown action', async () => {
      const off = await hotspot.makeSite({ api_enabled: false, post_enabled: false });
      await post({ 'api-key': WRONG_KEY, action: 'nope' }).expect(401, INCORRECT);
      await post({ 'api-key': off.key, action: 'nope' }).expect(403, { message: 'API is not enabled', error: true });
    });

    it('a method that is off comes before an unknown action', async () => {
      const getOnly = await hotspot.makeSite({ post_enabled: false });
      await post({ 'api-key': getOnly.key, action: 'nope' }).expect(403, NOT_SET);
      await get({ 'api-key': getOnly.key, action: 'nope' }).expect(400, { message: 'An error occurred', error: true });
    });

    it.each([undefined, '', 'nope', 'GET_LOGINS', '__proto__', 'constructor', 7, ['get_logins']])(
      'an unknown action is %j',
      async (action) => {
        await post({ 'api-key': site.key, action }).expect(400, { message: 'An error occurred', error: true });
      },
    );

    it('an action needs its parameters last', async () => {
      await hotspot.call(site, 'remove_voucher').expect(400, { message: 'No username set', error: true });
      await hotspot.call(site, 'remove_voucher', { username: '' }).expect(400, { message: 'No username set', error: true });
      const { body } = await hotspot.call(site, 'get_logins', { page: 0 }).expect(400);
      expect(body).toEqual({ message: expect.stringMatching(/^page /), error: true });
    });

    it('what is given twice is refused', async () => {
      const twice = await hotspot.gateway.get(`/api/?api-key=${site.key}&action=get_logins&page=1&page=2`).expect(400);
      expect(twice.body.message).toBe('page was given more than once');
      await hotspot.gateway.get(`/api/?api-key=${site.key}&api-key=${site.key}&action=get_logins`).expect(401, INCORRECT);
      await hotspot.gateway.get(`/api/?api-key=${site.key}&action=get_logins&action=get_logins`).expect(400);
    });

    it('a body that cannot be read is told in the same envelope', async () => {
      const broken = await hotspot.gateway.post('/api/').type('json').send('{"api-key"').expect(400);
      expect(broken.body).toEqual({ message: expect.any(String), error: true });
      await hotspot.gateway.post('/api/').type('xml').send('<a/>').expect(415);
      await hotspot.gateway
        .post('/api/')
        .type('json')
        .send(`"${'x'.repeat(300_000)}"`)
        .expect(413);
    });
  });

  describe('GET', () => {
    const query = () => ({ 'api-key': site.key, action: 'get_logins' });

    it('is for private networks until the operator says otherwise', async () => {
      await get(query()).expect(200);
      await get(query()).set('x-forwarded-for', '192.168.10.7').expect(200);
      await get(query()).set('x-forwarded-for', 'fd00::7').expect(200);
      await get(query()).set('x-forwarded-for', '203.0.113.9').expect(403, NOT_SET);
      await hotspot.admin('patch', `sites/${site.id}`, { get_allowed_cidrs: ['203.0.113.0/24', '2001:db8::/32'] }).expect(200);
      await get(query()).set('x-forwarded-for', '203.0.113.9').expect(200);
      await get(query()).set('x-forwarded-for', '2001:db8::1').expect(200);
      await get(query()).set('x-forwarded-for', '192.168.10.7').expect(403, NOT_SET);
      await hotspot.admin('patch', `sites/${site.id}`, { get_allowed_cidrs: ['127.0.0.0/8'] }).expect(200);
    });

    it('is never for a caller behind a proxy that nobody declared', async () => {
      const near = hotspot.service.get('/api/').query(query()).set(INTERNAL_HEADERS.address, '127.0.0.1');
      await near.set(INTERNAL_HEADERS.undeclaredProxy, '1').expect(403);
    });

    it('can be switched off', async () => {
      await hotspot.admin('patch', `sites/${site.id}`, { get_enabled: false }).expect(200);
      await get(query()).expect(403, NOT_SET);
      await hotspot.admin('patch', `sites/${site.id}`, { get_enabled: true }).expect(200);
    });

    it('HEAD reads and never writes', async () => {
      const read = await hotspot.gateway.head('/api/').query(query()).expect(200);
      expect(read.text).toBeUndefined();
      const write = { 'api-key': site.key, action: 'create_voucher', username: 'by-head' };
      await hotspot.gateway.head('/api/').query(write).expect(401);
      expect(await hotspot.deps.db.prisma.voucher.count({ where: { username: 'by-head' } })).toBe(0);
    });
  });

  describe('the cloud host', () => {
    const cloud = ({ slug }: Pick<TestSite, 'slug'>) => `${slug}.${CLOUD_DOMAIN}`;

    it("reaches its own site's voucher API only", async () => {
      const other = await hotspot.makeSite();
      const create = { action: 'create_voucher', 'api-key': site.key };
      await hotspot.gateway.post('/api/').set('host', cloud(site)).send(create).expect(200);
      await hotspot.gateway.post('/api').set('host', cloud(site)).send(create).expect(200);
      await hotspot.gateway.post('/api/').set('host', cloud(other)).send(create).expect(401, INCORRECT);
      await hotspot.gateway
        .post('/api/')
        .set('host', cloud({ slug: '0123456789' }))
        .send(create)
        .expect(401, INCORRECT);
    });

    it.each(['get', 'post', 'put', 'delete'] as const)('leads nowhere else: %s', async (method) => {
      const failed = { message: 'An error occurred', error: true };
      for (const path of ['/', '/keys', '/admin/v1/sites', `/admin/v1/sites/${site.id}`, `/hotspot/v1/sites/${site.id}/hosts`]) {
        const call = hotspot.gateway[method](path).set('host', cloud(site)).set('authorization', hotspot.operator);
        await call.expect(400, failed);
      }
    });

    it('takes POST only unless the operator says otherwise', async () => {
      const read = () => get({ 'api-key': site.key, action: 'get_logins' }).set('host', cloud(site));
      await read().expect(403, NOT_SET);
      await hotspot.admin('patch', `sites/${site.id}`, { cloud_get_enabled: true }).expect(200);
      await read().expect(200);
    });

    it('moves at once when it is redrawn', async () => {
      const moving = await hotspot.makeSite();
      const list = (slug: string) =>
        hotspot.gateway.post('/api/').set('host', cloud({ slug })).send({ action: 'get_logins', 'api-key': moving.key });
      await list(moving.slug).expect(200);
      await list(moving.slug).expect(200);
      const { body } = await hotspot.admin('post', `sites/${moving.id}/slug`).expect(200);
      await list(moving.slug).expect(401);
      await list(body.slug).expect(200);
    });
  });

  describe('wrong keys', () => {
    const wrong = (index: number) => `gsk_${String(index).padStart(48, '0')}`;
    const tryKey = (key: string, address: string) => post({ 'api-key': key, action: 'get_logins' }).set('x-forwarded-for', address);

    it('20 different ones in 10 minutes close the door to their address', async () => {
      const address = newAddress();
      for (let index = 0; index < 20; index += 1) await tryKey(wrong(index), address).expect(401);
      const { body, headers } = await tryKey(wrong(20), address).expect(429);
      expect(body).toEqual({ message: expect.any(String), error: true });
      expect(Number(headers['retry-after'])).toBeGreaterThan(590);
      await tryKey(site.key, address).expect(429);
      await tryKey(site.key, newAddress()).expect(200);
    });

    it('one and the same wrong key counts once', async () => {
      const address = newAddress();
      for (let index = 0; index < 25; index += 1) await tryKey(wrong(0), address).expect(401);
    });

    it('behind a proxy that nobody declared a right key still passes', async () => {
      const address = '10.9.9.9';
      const send = (key: string) =>
        hotspot.service
          .post('/api/')
          .set(INTERNAL_HEADERS.address, address)
          .set(INTERNAL_HEADERS.undeclaredProxy, '1')
          .send({ 'api-key': key, action: 'get_logins' });
      for (let index = 0; index < 20; index += 1) await send(wrong(index)).expect(401);
      await send(wrong(20)).expect(429);
      await send(site.key).expect(200);
    });
  });

  it('a revoked key is refused at once, and its successor works beside it', async () => {
    const { body: next } = await hotspot.admin('post', `sites/${site.id}/api-keys`).expect(201);
    const list = () => post({ 'api-key': next.secret, action: 'get_logins' });
    for (let index = 0; index < 3; index += 1) await list().expect(200);
    await hotspot.call(site, 'get_logins').expect(200);
    await hotspot.admin('delete', `sites/${site.id}/api-keys/${next.id}`).expect(204);
    await list().expect(401, INCORRECT);
    await hotspot.call(site, 'get_logins').expect(200);
  });

  it('the audit log tells the action and the site, and no key', async () => {
    const { headers } = await hotspot.call(site, 'create_voucher', { username: 'audited', passcode: 'planted-pass' }).expect(200);
    await hotspot.deps.audit.flush();
    const row = await hotspot.deps.db.prisma.auditEntry.findFirstOrThrow({ where: { requestId: headers['x-request-id'] ?? '' } });
    expect(row).toMatchObject({ dialect: 'hotspot', endpoint: 'create_voucher', principal: `site:${site.id}`, outcome: 'OK', status: 200 });
    expect(JSON.stringify({ ...row, id: 0, seq: 0 })).not.toMatch(new RegExp(`planted-pass|${site.key}`));
  });
});
