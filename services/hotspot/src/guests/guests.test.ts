import { startTestHotspot, type TestHotspot, type TestSite } from '../testing/start-test-hotspot.ts';

describe("a venue's portal and agent", () => {
  let hotspot: TestHotspot;
  let site: TestSite;

  beforeAll(async () => {
    hotspot = await startTestHotspot();
    hotspot.clock.set('2025-01-14T07:38:10Z');
    site = await hotspot.makeSite();
  });
  afterAll(() => hotspot.close());

  const visit = { mac: '98-01-a7-cb-bb-00', consent_version: '2025-01' };
  const signIn = (method: string, body: object, of = site) =>
    hotspot.gateway.post(`/hotspot/v1/sites/${of.id}/guests/${method}`).set('authorization', `Bearer ${of.key}`).send(body);
  const list = async (action: string, of = site) => (await hotspot.call(of, action).expect(200)).body;
  const putHosts = (hosts: unknown, of = site) =>
    hotspot.gateway.put(`/hotspot/v1/sites/${of.id}/hosts`).set('authorization', `Bearer ${of.key}`).send({ hosts });

  it('an e-mail guest is recorded as documented and gets a login for this visit', async () => {
    const said = { email: 'John.Doe@gmail.com', comments: 'John', comments1: 'New York', comments2: 'Male', marketing: true };
    const { body } = await signIn('email', { ...visit, ...said }).expect(201);
    expect(body).toEqual({
      login: 'john.doe@gmail.com',
      passcode: expect.stringMatching(/^[A-Za-z2-9]{16}$/),
      expires_at: '2025-01-15T07:38:10.000Z',
    });
    hotspot.clock.advance(1000);
    await signIn('email', { mac: '7446a0dd0001', consent_version: '2025-02', email: 'john.doe@gmail.com', verified: true }).expect(201);
    expect(JSON.stringify((await list('get_email_users')).users)).toBe(
      JSON.stringify([
        {
          id: 1,
          email: 'john.doe@gmail.com',
          created_at: '2025-01-14 08:38:10',
          last_login: '2025-01-14 08:38:11',
          MAC: '74:46:A0:DD:00:01',
          visits: 2,
          comments: 'John',
          comments1: 'New York',
          comments2: 'Male',
          last_modified: '2025-01-14 08:38:11',
          marketing: 1,
          verified: 1,
        },
      ]),
    );
    const guest = await hotspot.deps.db.prisma.guest.findFirstOrThrow({ where: { identity: 'john.doe@gmail.com' } });
    expect(guest).toMatchObject({ consentVersion: '2025-02', consentAt: hotspot.clock() });
  });

  it('a mobile, a Facebook and a free guest show in their own lists', async () => {
    const mobile = await signIn('mobile', { ...visit, mobile: '+1 (555) 987-6543' }).expect(201);
    expect(mobile.body.login).toBe('15559876543');
    await signIn('facebook', {
      ...visit,
      fb_id: '10203',
      name: 'Jane',
      email: 'jane@example.com',
      gender: 'female',
      locale: 'en_GB',
    }).expect(201);
    const free = await signIn('free', visit).expect(201);
    expect(free.body.login).toBe('98:01:A7:CB:BB:00');
    expect((await list('get_mobile_users')).users).toMatchObject([{ mobile: '15559876543', visits: 1 }]);
    expect((await list('get_fb_users')).users).toMatchObject([
      { fb_id: '10203', name: 'Jane', email: 'jane@example.com', gender: 'female', locale: 'en_GB' },
    ]);
    const [freeGuest] = (await list('get_free_users')).users;
    expect(Object.keys(freeGuest)).toEqual(
      'id created_at last_login MAC visits comments comments1 comments2 last_modified marketing verified'.split(' '),
    );
  });

  it('20 visits of one guest at once are all counted', async () => {
    await Promise.all(Array.from({ length: 20 }, () => signIn('email', { ...visit, email: 'often@example.com' }).expect(201)));
    const guest = await hotspot.deps.db.prisma.guest.findFirstOrThrow({ where: { identity: 'often@example.com' } });
    expect(guest.visits).toBe(20);
  });

  it('a sign-in that is tried again with its Idempotency-Key is one visit', async () => {
    const send = () =>
      signIn('email', { ...visit, email: 'again@example.com' })
        .set('idempotency-key', 'visit-1')
        .expect(201);
    expect((await send()).body).toEqual((await send()).body);
    const guest = await hotspot.deps.db.prisma.guest.findFirstOrThrow({ where: { identity: 'again@example.com' } });
    expect(guest.visits).toBe(1);
  });

  it('a method that the site does not offer is refused', async () => {
    const picky = await hotspot.makeSite({ sign_in_methods: ['free'] });
    const { body } = await signIn('email', { ...visit, email: 'a@example.com' }, picky).expect(403);
    expect(body.code).toBe('SIGN_IN_METHOD_OFF');
    await signIn('free', visit, picky).expect(201);
    await signIn('pigeon', visit).expect(404);
  });

  it.each([
    ['email', {}, 'email'],
    ['email', { email: 'no-address' }, 'email'],
    ['mobile', { mobile: '0049123' }, 'mobile'],
    ['mobile', { mobile: 'five' }, 'mobile'],
    ['facebook', { fb_id: 'a b' }, 'fb_id'],
    ['free', { mac: 'zz' }, 'mac'],
    ['free', { consent_version: undefined }, 'consent_version'],
    ['free', { surprise: 1 }, 'surprise'],
  ])('%s with %j is refused by the name of %s', async (method, body, path) => {
    const reply = await signIn(method, { ...visit, ...body }).expect(400);
    expect(reply.body).toMatchObject({ code: 'BAD_PARAMETER', details: [{ path }] });
  });

  it("another site's key finds nothing, and no key gets nothing", async () => {
    const other = await hotspot.makeSite();
    const call = (id: number) => hotspot.gateway.post(`/hotspot/v1/sites/${id}/guests/free`).send(visit);
    await call(site.id).set('authorization', `Bearer ${other.key}`).expect(404);
    await call(site.id).expect(401);
    await call(site.id).set('authorization', hotspot.operator).expect(401);
  });

  it('the list of hosts takes the place of the one before, and what hosts call themselves stays data', async () => {
    const name = '<img src=x onerror=alert(1)>';
    await putHosts([{ mac_address: '00:00:00:00:00:01' }]).expect(204);
    const host = {
      mac_address: 'aabbccddeeff',
      address: '192.168.0.9',
      host_name: name,
      uptime: 3725,
      idle_time: 5,
      bytes_in: '12345678901234567',
    };
    await putHosts([host, { mac_address: '00:00:00:00:00:02', host_name: '=cmd|calc', bypassed: true }]).expect(204);
    expect(await list('get_guest_hosts')).toEqual({
      data: [
        expect.objectContaining({
          'mac-address': '00:00:00:00:00:02',
          'host-name': '=cmd|calc',
          authorized: false,
          bypassed: true,
          'bytes-in': '0',
        }),
        {
          'mac-address': 'AA:BB:CC:DD:EE:FF',
          address: '192.168.0.9',
          'to-address': null,
          'host-name': name,
          uptime: '1h02m05s',
          'idle-time': '0h00m05s',
          'bytes-in': '12345678901234567',
          'bytes-out': '0',
          authorized: false,
          bypassed: false,
        },
      ],
    });
    await putHosts([]).expect(204);
    expect(await list('get_guest_hosts')).toEqual({ data: [] });
  });

  it('a host that is signed in shows once, with what its session accounts for', async () => {
    const busy = await hotspot.makeSite();
    await putHosts([{ mac_address: 'AA:AA:AA:AA:AA:01', host_name: 'phone' }], busy).expect(204);
    const now = hotspot.clock();
    const startedAt = new Date(now.getTime() - 60_000);
    for (const mac of ['AA:AA:AA:AA:AA:01', 'AA:AA:AA:AA:AA:02']) {
      await hotspot.deps.db.prisma.guestSession.create({
        data: {
          siteId: busy.id,
          classRef: mac,
          login: 'x',
          method: 'free',
          mac,
          startedAt,
          lastUpdateAt: now,
          countersMovedAt: now,
          bytesIn: 5n,
        },
      });
    }
    expect((await list('get_guest_hosts', busy)).data).toMatchObject([
      { 'mac-address': 'AA:AA:AA:AA:AA:01', 'host-name': 'phone', authorized: true, uptime: '0h01m00s', 'bytes-in': '5' },
      { 'mac-address': 'AA:AA:AA:AA:AA:02', 'host-name': null, authorized: true, bypassed: false },
    ]);
  });

  it.each([
    [[{ mac_address: 'x' }], 'hosts.0.mac_address'],
    [[{ mac_address: '00:00:00:00:00:01' }, { mac_address: '000000000001' }], 'hosts.1'],
    [[{ mac_address: '00:00:00:00:00:01', address: '300.1.1.1' }], 'hosts.0.address'],
    ['all', 'hosts'],
  ])('hosts such as %j are refused and the list before stays', async (hosts, path) => {
    await putHosts([{ mac_address: '00:00:00:00:00:09' }]).expect(204);
    const { body } = await putHosts(hosts).expect(400);
    expect(body).toMatchObject({ code: 'BAD_PARAMETER', details: [{ path }] });
    expect((await list('get_guest_hosts')).data).toHaveLength(1);
  });

  it('of two lists at once one is there whole', async () => {
    const lists = ['1', '2'].map((digit) => Array.from({ length: 9 }, (_, index) => ({ mac_address: `${digit}0:00:00:00:00:0${index}` })));
    await Promise.all(lists.map((hosts) => putHosts(hosts).expect(204)));
    const { data } = await list('get_guest_hosts');
    expect(new Set(data.map((host: Record<string, string>) => host['mac-address']?.charAt(0))).size).toBe(1);
    expect(data).toHaveLength(9);
  });
});
