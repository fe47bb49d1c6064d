import { startTestHotspot, type TestHotspot, type TestSite } from '../testing/start-test-hotspot.ts';

describe('the lists of the voucher API', () => {
  let hotspot: TestHotspot;
  let site: TestSite;
  let other: TestSite;

  beforeAll(async () => {
    hotspot = await startTestHotspot();
    hotspot.clock.set('2025-02-21T01:31:30Z');
    site = await hotspot.makeSite();
    other = await hotspot.makeSite();
  });
  afterAll(() => hotspot.close());

  const list = async (action: string, params: object = {}, of = site) => (await hotspot.call(of, action, params).expect(200)).body;

  it("get_voucher_users is the document's shape, in the site's time", async () => {
    const made = {
      username: 'user1234',
      passcode: 'pass1234',
      fullname: 'John Doe2',
      valid_from: '2025-01-17 10:00:00',
      download_limit: 1024,
    };
    const { body: voucher } = await hotspot.call(site, 'create_voucher', made).expect(200);
    const body = await list('get_voucher_users');
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        users: [
          {
            id: voucher.user.id,
            username: 'user1234',
            password: 'pass1234',
            fullname: 'John Doe2',
            created_at: '2025-02-21 02:31:30',
            last_modified: '2025-02-21 02:31:30',
            first_login: null,
            last_login: null,
            valid_for: '1 day',
            valid_from: '2025-01-17 10:00:00',
            MAC: null,
            download_limit: 1024,
            upload_limit: 0,
          },
        ],
      }),
    );
  });

  it('a list holds what is of its own site', async () => {
    await hotspot.call(other, 'create_voucher', { username: 'elsewhere' }).expect(200);
    expect(JSON.stringify(await list('get_voucher_users'))).not.toContain('elsewhere');
    await hotspot.call(site, 'remove_voucher', { username: 'elsewhere' }).expect(404, { message: "Username doesn't exist", error: true });
  });

  it('an empty list is a list', async () => {
    for (const action of ['get_email_users', 'get_fb_users', 'get_mobile_users', 'get_free_users']) {
      expect(await list(action, {}, other)).toEqual({ users: [] });
    }
    expect(await list('get_logins', {}, other)).toEqual({ logins: [] });
    for (const action of ['get_guest_hosts', 'get_active_guests']) expect(await list(action, {}, other)).toEqual({ data: [] });
  });

  it('a list longer than a batch comes whole and in order, in pages too', async () => {
    const long = await hotspot.makeSite();
    const names = Array.from({ length: 1_000 }, (_, index) => `v${index}`);
    await sealVouchers(long, names);
    const { users } = await list('get_voucher_users', {}, long);
    expect(users.map(({ username }: { username: string }) => username)).toEqual(names);
    const page = await list('get_voucher_users', { page: 4, per_page: 300 }, long);
    expect(page.users).toEqual(users.slice(900, 1200));
    expect((await list('get_voucher_users', { page: 2 }, long)).users).toEqual(users.slice(100, 200));
    expect(await list('get_voucher_users', { page: 2_147_483_647, per_page: 1000 }, long)).toEqual({ users: [] });
  });

  async function sealVouchers(of: TestSite, names: readonly string[]): Promise<void> {
    const { db, vault } = hotspot.deps;
    const sealed = names.map((name) => vault.seal('p', `voucher:${of.id}:${name}`).toString('hex'));
    await db.execute`
      INSERT INTO vouchers (site_id, username, passcode, fullname, valid_for, valid_from)
      SELECT ${of.id}::int, name, decode(sealed, 'hex'), 'x', '1 day', now() FROM unnest(${[...names]}::text[], ${sealed}::text[]) AS row(name, sealed)`;
  }

  it.each([{ page: 'x' }, { page: 1.5 }, { per_page: 0 }, { per_page: 1001 }, { page: 2_147_483_648 }])(
    '%j is refused by its name',
    async (params) => {
      const { body } = await hotspot.call(site, 'get_voucher_users', params).expect(400);
      expect(body.message).toContain(Object.keys(params)[0]);
    },
  );

  it('of 20 calls at once to remove a voucher one removes it', async () => {
    await hotspot.call(site, 'create_voucher', { username: 'once' }).expect(200);
    const replies = await Promise.all(Array.from({ length: 20 }, () => hotspot.call(site, 'remove_voucher', { username: 'once' })));
    const won = replies.filter(({ status }) => status === 200);
    expect(won.map(({ body }) => body)).toEqual([{ message: 'User removed successfully', error: false }]);
    expect(replies.filter(({ status }) => status === 404)).toHaveLength(19);
  });

  it('the sessions of a voucher that is removed are over at once', async () => {
    const { body } = await hotspot.call(other, 'create_voucher', { username: 'online' }).expect(200);
    const session = { siteId: other.id, voucherId: body.user.id, classRef: 'online', login: 'online', method: 'voucher' };
    const { id } = await hotspot.deps.db.prisma.guestSession.create({ data: session });
    expect((await list('get_active_guests', {}, other)).data).toHaveLength(1);
    await hotspot.call(other, 'remove_voucher', { username: 'online' }).expect(200);
    expect(await list('get_active_guests', {}, other)).toEqual({ data: [] });
    expect(await hotspot.deps.db.prisma.guestSession.findUniqueOrThrow({ where: { id } })).toMatchObject({ endedAt: hotspot.clock() });
  });

  it('get_active_guests and get_logins tell what the access points account for', async () => {
    const { db, clock } = hotspot.deps;
    const now = clock();
    const session = { siteId: site.id, method: 'email', mac: 'A1:B2:C3:D4:E5:F6', address: '192.168.0.200', lastUpdateAt: now };
    const live = await db.prisma.guestSession.create({
      data: {
        ...session,
        login: 'user1@example.com',
        classRef: 'live',
        startedAt: new Date(now.getTime() - (9 * 3600 + 12 * 60 + 45) * 1000),
        countersMovedAt: new Date(now.getTime() - 65_000),
        bytesIn: 87_456_321n,
        bytesOut: 9_007_199_254_740_993n,
      },
    });
    const ended = await db.prisma.guestSession.create({
      data: {
        ...session,
        login: 'gone',
        classRef: 'ended',
        startedAt: new Date(now.getTime() - 60_000),
        endedAt: now,
        terminateCause: 'User-Request',
      },
    });
    await db.prisma.loginLog.createMany({
      data: [
        { siteId: site.id, login: 'user1@example.com', method: 'email', at: live.startedAt, accepted: true, guestSessionId: live.id },
        { siteId: site.id, login: 'gone', method: 'email', at: ended.startedAt, accepted: true, guestSessionId: ended.id },
        { siteId: site.id, login: 'nobody', mac: session.mac, at: now, accepted: false, reason: 'unknown-login' },
      ],
    });
    expect(JSON.stringify(await list('get_active_guests'))).toBe(
      JSON.stringify({
        data: [
          {
            logins: 'user1@example.com',
            address: '192.168.0.200',
            'mac-address': 'A1:B2:C3:D4:E5:F6',
            uptime: '9h12m45s',
            'idle-time': '0h01m05s',
            'bytes-out': '9007199254740993',
            'bytes-in': '87456321',
          },
        ],
      }),
    );
    const { logins } = await list('get_logins');
    expect(logins).toMatchObject([
      { login: 'user1@example.com', method: 'email', logout_time: null, uptime: '9h12m45s', 'bytes-in': '87456321', terminate_cause: null },
      {
        login: 'gone',
        login_time: '2025-02-21 02:30:30',
        logout_time: '2025-02-21 02:31:30',
        uptime: '0h01m00s',
        terminate_cause: 'User-Request',
      },
      {
        login: 'nobody',
        method: null,
        logout_time: '2025-02-21 02:31:30',
        uptime: '0h00m00s',
        'bytes-out': '0',
        terminate_cause: 'unknown-login',
      },
    ]);
  });
});
