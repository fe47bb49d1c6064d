import { CLOUD_DOMAIN, startTestHotspot, type TestHotspot } from '../testing/start-test-hotspot.ts';

describe('sites, as operators steer them', () => {
  let hotspot: TestHotspot;

  beforeAll(async () => {
    hotspot = await startTestHotspot();
  });
  afterAll(() => hotspot.close());

  const make = async (body: object = {}) =>
    (await hotspot.admin('post', 'sites', { name: 'Seeblick', timezone: 'Europe/Berlin', ...body }).expect(201)).body;

  it('a new site is off, POST only from the cloud, GET from private networks', async () => {
    const site = await make();
    expect(site).toEqual({
      id: expect.any(Number),
      name: 'Seeblick',
      timezone: 'Europe/Berlin',
      slug: expect.stringMatching(/^[0-9a-f]{10}$/),
      api_enabled: false,
      post_enabled: true,
      get_enabled: true,
      cloud_get_enabled: false,
      get_allowed_cidrs: expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']),
      default_valid_for: '1 day',
      sign_in_methods: ['email', 'mobile', 'facebook', 'free'],
      bind_mac: false,
      devices_per_voucher: 1,
      retention_days: null,
      endpoints: { local: 'http://gatehouse.test/api/', cloud: `https://${site.slug}.${CLOUD_DOMAIN}/api/` },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      updated_at: expect.any(String),
    });
    expect((await hotspot.admin('get', `sites/${site.id}`).expect(200)).body).toEqual(site);
  });

  it('a switch that is changed leaves the others', async () => {
    const site = await make();
    const { body } = await hotspot.admin('patch', `sites/${site.id}`, { api_enabled: true, retention_days: 30 }).expect(200);
    expect(body).toEqual({ ...site, api_enabled: true, retention_days: 30, updated_at: expect.any(String) });
  });

  it('sites come in pages, by id', async () => {
    for (let count = 0; count < 3; count += 1) await make();
    const first = await hotspot.admin('get', 'sites?limit=2').expect(200);
    const second = await hotspot.admin('get', `sites?limit=2&cursor=${first.body.next_cursor}`).expect(200);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: number }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(4);
  });

  it.each([
    [{ name: undefined }, 'name'],
    [{ timezone: undefined }, 'timezone'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ timezone: '+02:00' }, 'timezone'],
    [{ get_allowed_cidrs: ['10.0.0.0/33'] }, 'get_allowed_cidrs.0'],
    [{ default_valid_for: '31 days' }, 'default_valid_for'],
    [{ sign_in_methods: ['pigeon'] }, 'sign_in_methods.0'],
    [{ devices_per_voucher: 0 }, 'devices_per_voucher'],
    [{ retention_days: 0 }, 'retention_days'],
    [{ api_enabled: 'yes' }, 'api_enabled'],
    [{ slug: '0123456789' }, 'slug'],
  ])('%j is refused by its name', async (body, path) => {
    const reply = await hotspot.admin('post', 'sites', { name: 'x', timezone: 'UTC', ...body }).expect(400);
    expect(reply.body).toMatchObject({ code: 'BAD_PARAMETER', details: [{ path }] });
  });

  it('what is not there is not found, and nobody but an operator finds anything', async () => {
    for (const path of ['sites/2147483647', 'sites/2147483647/api-keys', 'sites/2147483647/nas'])
      await hotspot.admin('get', path).expect(404);
    for (const path of ['sites/2147483647/api-keys', 'sites/2147483647/slug', 'sites/2147483647/retention'])
      await hotspot.admin('post', path).expect(404);
    await hotspot.admin('get', 'sites/2147483648').expect(400);
    const site = await hotspot.makeSite();
    await hotspot.gateway.get('/admin/v1/sites').expect(401);
    await hotspot.gateway.get('/admin/v1/sites').set('authorization', `Bearer ${site.key}`).expect(401);
  });

  it('a key is shown once, listed without its secret, and stored as a hash', async () => {
    const site = await make();
    const { body: key } = await hotspot.admin('post', `sites/${site.id}/api-keys`).expect(201);
    expect(key.secret).toMatch(/^gsk_[0-9a-f]{48}$/);
    const { body: list } = await hotspot.admin('get', `sites/${site.id}/api-keys`).expect(200);
    expect(list.items).toEqual([
      { id: key.id, prefix: key.secret.slice(0, 8), last4: key.secret.slice(-4), created_at: key.created_at, last_used_at: null },
    ]);
    const [row] = await hotspot.deps.db.query<{ dump: string }>`SELECT string_agg(site_api_keys::text, '') AS dump FROM site_api_keys`;
    expect(row?.dump).not.toContain(key.secret);
    await hotspot.admin('delete', `sites/${site.id}/api-keys/${key.id}`).expect(204);
    await hotspot.admin('delete', `sites/${site.id}/api-keys/${key.id}`).expect(404);
    expect((await hotspot.admin('get', `sites/${site.id}/api-keys`).expect(200)).body.items).toEqual([]);
  });

  it('a key tells when it was used', async () => {
    const site = await hotspot.makeSite();
    await hotspot.call(site, 'get_logins').expect(200);
    const { body } = await hotspot.admin('get', `sites/${site.id}/api-keys`).expect(200);
    expect(body.items).toMatchObject([{ last_used_at: hotspot.clock().toISOString() }]);
  });

  it('a write that is tried again with its Idempotency-Key is done once', async () => {
    const site = await make();
    const send = () => hotspot.admin('post', `sites/${site.id}/api-keys`).set('idempotency-key', `k${site.id}`).expect(201);
    expect((await send()).body).toEqual((await send()).body);
    expect((await hotspot.admin('get', `sites/${site.id}/api-keys`).expect(200)).body.items).toHaveLength(1);
  });

  it('a deleted site takes its keys with it at once', async () => {
    const site = await hotspot.makeSite();
    for (let count = 0; count < 3; count += 1) await hotspot.call(site, 'create_voucher').expect(200);
    await hotspot.admin('delete', `sites/${site.id}`).expect(204);
    await hotspot.call(site, 'get_logins').expect(401);
    expect(await hotspot.deps.db.prisma.voucher.count({ where: { siteId: site.id } })).toBe(0);
  });

  describe('access points', () => {
    it("are listed without their secret, which is sealed, and canonical, so that one device is not two sites'", async () => {
      const site = await make();
      const { body: nas } = await hotspot.admin('post', `sites/${site.id}/nas`, { name: 'Lobby', address: '192.168.7.9/24' }).expect(201);
      expect(nas).toEqual({
        id: expect.any(Number),
        name: 'Lobby',
        address: '192.168.7.0/24',
        require_message_authenticator: true,
        created_at: expect.any(String),
        secret: expect.stringMatching(/^[A-Za-z2-9]{32}$/),
      });
      const { secret, ...shown } = nas;
      expect((await hotspot.admin('get', `sites/${site.id}/nas`).expect(200)).body.items).toEqual([shown]);
      const [row] = await hotspot.deps.db.query<{ dump: string }>`SELECT string_agg(nas::text, '') AS dump FROM nas`;
      expect(row?.dump).not.toContain(Buffer.from(secret).toString('hex'));
      await hotspot.admin('post', `sites/${site.id}/nas`, { name: 'Again', address: '192.168.7.0/24' }).expect(409);
    });

    it('can be changed, and taken off by their own site only', async () => {
      const [site, other] = [await make(), await make()];
      const body = { name: 'Bar', address: '::ffff:10.0.0.9', secret: 'sixteen-letters!' };
      const { body: nas } = await hotspot.admin('post', `sites/${site.id}/nas`, body).expect(201);
      expect(nas).toMatchObject({ address: '10.0.0.9', secret: 'sixteen-letters!' });
      const changed = await hotspot.admin('patch', `sites/${site.id}/nas/${nas.id}`, { require_message_authenticator: false }).expect(200);
      expect(changed.body).toMatchObject({ name: 'Bar', require_message_authenticator: false });
      await hotspot.admin('delete', `sites/${other.id}/nas/${nas.id}`).expect(404);
      await hotspot.admin('delete', `sites/${site.id}/nas/${nas.id}`).expect(204);
    });

    it.each(['0.0.0.0/0', '10.0.0.0/7', '::/0', 'router.lan', '10.0.0.256', ''])('cannot be at %j', async (address) => {
      const site = await make();
      const { body } = await hotspot.admin('post', `sites/${site.id}/nas`, { name: 'x', address }).expect(400);
      expect(body).toMatchObject({ details: [{ path: 'address' }] });
    });
  });
});
