import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSession } from '../user-sessions/index.ts';
import { accountsAdminRoutes } from './accounts-admin-routes.ts';

let stack: TestService;
beforeAll(async () => {
  stack = await startTestService({ routes: (deps) => accountsAdminRoutes(deps) });
});
afterAll(() => stack.close());

const call = (method: 'get' | 'post' | 'put' | 'patch', path: string, token = ADMIN_TOKEN) =>
  stack.gateway[method](`/admin/v1/${path}`).set('Authorization', `Bearer ${token}`);

describe('plans and tariffs', () => {
  it('a plan is made, changed and listed, and users can have it', async () => {
    const gold = { limit: 5, window_seconds: 60, can_list_users: true };
    expect(
      (
        await call('put', 'plans/gold')
          .send({ ...gold, limit: 4 })
          .expect(200)
      ).body,
    ).toEqual({ name: 'gold', ...gold, limit: 4 });
    expect((await call('put', 'plans/gold').send(gold).expect(200)).body).toEqual({ name: 'gold', ...gold });
    expect((await call('get', 'plans').expect(200)).body).toEqual({
      items: [
        { name: 'gold', ...gold },
        { name: 'reseller', limit: 10_000, window_seconds: 3_600, can_list_users: true },
        { name: 'standard', limit: 1_000, window_seconds: 3_600, can_list_users: false },
      ],
      next_cursor: null,
    });
    expect((await call('post', 'users').send({ name: 'Ann', plan: 'gold' }).expect(201)).body.plan).toBe('gold');
  });

  it('a tariff is made, changed and listed, and users can have it', async () => {
    const pro = { title: 'Pro', price: 19.99, campaigns: 10 };
    await call('put', 'tariffs/pro')
      .send({ ...pro, price: 1 })
      .expect(200);
    expect((await call('put', 'tariffs/pro').send(pro).expect(200)).body).toEqual({ name: 'pro', ...pro });
    expect((await call('get', 'tariffs').expect(200)).body.items).toEqual([
      { name: 'free', title: 'Free', price: 0, campaigns: 0 },
      { name: 'pro', ...pro },
    ]);
    expect((await call('post', 'users').send({ name: 'Ann', tariff: 'pro' }).expect(201)).body.tariff).toBe('pro');
  });

  it.each([
    ['plans/standard', { limit: 0, window_seconds: 1, can_list_users: true }, 'limit'],
    ['plans/standard', { limit: 1, window_seconds: 2_147_484, can_list_users: true }, 'window_seconds'],
    ['plans/standard', { limit: 1, window_seconds: 1 }, 'can_list_users'],
    ['plans/standard', { limit: 1, window_seconds: 1, can_list_users: 'yes' }, 'can_list_users'],
    ['plans/standard', { limit: 1, window_seconds: 1, can_list_users: true, name: 'x' }, 'name'],
    ['plans/Not%20a%20name', { limit: 1, window_seconds: 1, can_list_users: true }, 'name'],
    ['tariffs/free', { title: '', price: 0, campaigns: 0 }, 'title'],
    ['tariffs/free', { title: 'x', price: -1, campaigns: 0 }, 'price'],
    ['tariffs/free', { title: 'x', price: 0.001, campaigns: 0 }, 'price'],
    ['tariffs/free', { title: 'x', price: 0, campaigns: 1.5 }, 'campaigns'],
  ])('%s refuses %j', async (path, body, member) => {
    const { status, body: problem } = await call('put', path).send(body);
    expect([status, problem.details?.[0].path]).toEqual([400, member]);
  });
});

describe('settings', () => {
  it('what is changed holds at once, the rest stays', async () => {
    const before = { phpstrap_enabled: true, cors_origins: [], session_hours: 12, audit_retention_days: 90 };
    expect((await call('get', 'settings').expect(200)).body).toEqual(before);
    const origins = ['https://app.example.com', 'http://localhost:3000'];
    const after = { ...before, phpstrap_enabled: false, cors_origins: origins };
    expect((await call('patch', 'settings').send({ phpstrap_enabled: false, cors_origins: origins }).expect(200)).body).toEqual(after);
    expect(await stack.deps.settings()).toMatchObject({ phpstrapEnabled: false, corsOrigins: origins, sessionHours: 12 });
    await call('patch', 'settings').send({ phpstrap_enabled: true, cors_origins: [] }).expect(200);
    expect(await stack.deps.settings()).toMatchObject({ phpstrapEnabled: true, corsOrigins: [] });
    expect((await call('patch', 'settings').send({}).expect(200)).body).toEqual(before);
  });

  it.each([
    [{ unknown: 1 }],
    [{ phpstrap_enabled: 'false' }],
    [{ cors_origins: ['https://app.example.com/'] }],
    [{ cors_origins: ['*'] }],
    [{ cors_origins: ['null'] }],
    [{ cors_origins: ['ftp://a.example'] }],
    [{ cors_origins: ['https://a.example', 'https://a.example'] }],
    [{ session_hours: 0 }],
    [{ audit_retention_days: 1.5 }],
    [{ session_hours: null }],
  ])('%j is refused and nothing changes', async (body) => {
    await call('patch', 'settings')
      .send({ audit_retention_days: 7, ...body })
      .expect(400);
    expect(await stack.deps.db.prisma.setting.count({ where: { name: 'audit_retention_days' } })).toBe(0);
  });

  it('two changes at once keep both', async () => {
    await Promise.all([
      call('patch', 'settings').send({ session_hours: 6 }).expect(200),
      call('patch', 'settings').send({ audit_retention_days: 30 }).expect(200),
    ]);
    expect((await call('get', 'settings')).body).toMatchObject({ session_hours: 6, audit_retention_days: 30 });
    await stack.deps.db.prisma.setting.deleteMany();
    await stack.deps.versions.touch(['settings']);
  });
});

describe('the audit', () => {
  const times = (query: string) =>
    call('get', `audit?${query}`)
      .expect(200)
      .then(({ body }) => body);

  it('who did what is there when it is asked for, newest first, and holds no secret', async () => {
    const admin = (await call('post', 'users').send({ name: 'Root', is_admin: true }).expect(201)).body;
    const { token } = await openSession(stack.deps.db, { userId: admin.id, factors: ['password', 'totp'], now: stack.clock(), hours: 12 });
    stack.clock.advance(1_000);
    const { secret } = (await call('post', `users/${admin.id}/credentials`, token).send({ kind: 'rest-api' }).expect(201)).body;
    stack.clock.advance(1_000);
    await call('patch', 'users/2147483647', token).set('X-Forwarded-For', '2001:DB8::7').send({ name: 'X' }).expect(404);
    await call('get', 'users', secret).expect(401);

    const { items } = await times(`principal=operator:${admin.id}`);
    expect(items.map((row: { endpoint: string; outcome: string; status: number }) => [row.endpoint, row.outcome, row.status])).toEqual([
      ['patchUser', 'NOT_FOUND', 404],
      ['createCredential', 'OK', 201],
    ]);
    expect(items[0]).toEqual({
      id: expect.any(Number),
      at: stack.clock().toISOString(),
      request_id: expect.any(String),
      dialect: 'native',
      endpoint: 'patchUser',
      principal: `operator:${admin.id}`,
      key_last4: null,
      address: '2001:db8::7',
      outcome: 'NOT_FOUND',
      status: 404,
      duration_ms: expect.any(Number),
    });
    const everything = JSON.stringify(await times('limit=200'));
    for (const planted of [secret, token, ADMIN_TOKEN]) expect(everything).not.toContain(planted);
    expect(everything).toContain('BAD_CREDENTIAL');
  });

  it('it is filtered by everything at once', async () => {
    const count = async (query: string) => (await times(query)).items.length;
    expect(await count('endpoint=patchUser&outcome=NOT_FOUND&dialect=native&address=2001:db8:0::7')).toBe(1);
    expect(await count('endpoint=patchUser&outcome=OK&address=2001:db8::7')).toBe(0);
    expect(await count('dialect=hotspot')).toBe(0);
    const now = stack.clock().toISOString();
    expect(await count(`endpoint=patchUser&from=${now}`)).toBe(1);
    expect(await count(`endpoint=patchUser&outcome=NOT_FOUND&to=${now}`)).toBe(0);
  });

  it('its pages are whole though rows share their moment', async () => {
    const ids: number[] = [];
    // Each page is a row of the next one: the range ends before they are written.
    const until = new Date(stack.clock().getTime() + 1).toISOString();
    stack.clock.advance(1_000);
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: { id: number }[]; next_cursor: string | null } = await times(
        `limit=7&to=${until}${cursor && `&cursor=${cursor}`}`,
      );
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(await stack.deps.db.prisma.auditEntry.count({ where: { at: { lt: new Date(until) } } }));
  });

  it.each(['limit=0', 'from=yesterday', 'cursor=MQ', 'to=2030-13-01', 'dialect=', 'outcome=a&outcome=b'])(
    '%s is refused',
    async (query) => {
      await call('get', `audit?${query}`).expect(400);
    },
  );
});

describe('the overview', () => {
  it('counts keys by status, users by the membership that holds, what is live, and requests', async () => {
    const { db } = stack.deps;
    await stack.deps.audit.flush();
    await db.prisma.user.deleteMany();
    await db.prisma.auditCount.deleteMany();
    stack.clock.set('2031-05-05T10:30:00Z');
    const now = stack.clock();
    const at = (ms: number) => new Date(now.getTime() + ms);
    const HOUR = 3_600_000;
    const memberships = [
      { membership: 'free' },
      { membership: 'premium', membershipExpiresAt: null },
      { membership: 'premium', membershipExpiresAt: at(1_000) },
      { membership: 'premium', membershipExpiresAt: now },
      { membership: 'lifetime', membershipExpiresAt: at(-HOUR) },
    ] as const;
    for (const membership of memberships) await db.prisma.user.create({ data: { name: 'Ann', ...membership } });
    const owner = await db.prisma.user.findFirstOrThrow();
    const site = await db.prisma.site.create({ data: { name: 'Cafe', timezone: 'UTC', slug: '0123456789' } });

    const keys: [object, number][] = [
      [{}, 3],
      [{ expiresAt: at(HOUR * 48) }, 2],
      [{ expiresAt: at(1) }, 1],
      [{ usedAt: now }, 1],
      [{ usedAt: now, expiresAt: at(HOUR * 2) }, 1],
      [{ usedAt: now, oneTimeUse: true }, 2],
      [{ expiresAt: now }, 1],
      [{ usedAt: now, oneTimeUse: true, expiresAt: at(-HOUR * 3) }, 1],
      [{ expiresAt: at(-HOUR * 100) }, 4],
      [{ isInvalidated: true, expiresAt: at(-HOUR) }, 2],
      [{ isInvalidated: true }, 1],
    ];
    let made = 0;
    for (const [members, count] of keys) {
      for (let index = 0; index < count; index += 1) {
        made += 1;
        await db.prisma.licenceKey.create({
          data: { userId: owner.id, keyValue: `AAAA-AAAA-AAAA-${String(made).padStart(4, '0')}`, ...members },
        });
      }
    }
    const voucher = { siteId: site.id, passcode: new Uint8Array([1]), fullname: 'x', validFor: '1 day', validFrom: now };
    for (const [index, expiresAt] of [null, at(1), now].entries()) {
      await db.prisma.voucher.create({ data: { ...voucher, username: `v${index}`, expiresAt } });
    }
    await openSession(db, { userId: owner.id, factors: ['password'], now, hours: 1 });
    await openSession(db, { userId: owner.id, factors: ['password'], now: at(-HOUR), hours: 1 });
    await db.prisma.auditCount.createMany({
      data: [
        { minute: at(-HOUR / 2), dialect: 'keys', requests: 10, refusals: 2 },
        { minute: at(-HOUR * 2), dialect: 'keys', requests: 5, refusals: 1 },
        { minute: at(-HOUR * 25), dialect: 'keys', requests: 100, refusals: 100 },
        { minute: at(-HOUR * 3), dialect: 'hotspot', requests: 7, refusals: 0 },
      ],
    });
    stack.clock.advance(0);

    const { body } = await call('get', 'overview').expect(200);
    expect(body).toEqual({
      as_of: now.toISOString(),
      keys: { unused: 6, active: 2, used: 2, expired: 6, invalidated: 3 },
      users: { free: 2, premium: 2, lifetime: 1 },
      vouchers_live: 2,
      sessions_live: { keys: 0, guests: 0, people: 1 },
      requests: [
        { dialect: 'hotspot', hour: { requests: 0, refusals: 0 }, day: { requests: 7, refusals: 0 } },
        { dialect: 'keys', hour: { requests: 10, refusals: 2 }, day: { requests: 15, refusals: 3 } },
      ],
    });

    await db.prisma.user.create({ data: { name: 'Bob' } });
    expect((await call('get', 'overview').expect(200)).body).toEqual(body);
    stack.clock.advance(5_000);
    expect((await call('get', 'overview').expect(200)).body.users).toEqual({ free: 4, premium: 1, lifetime: 1 });
  });
});
