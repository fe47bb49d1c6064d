import { hashToken, versionOf } from '@gatehouse/auth';
import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSession } from '../user-sessions/index.ts';
import { accountsAdminRoutes } from './accounts-admin-routes.ts';

let stack: TestService;
beforeAll(async () => {
  stack = await startTestService({ routes: (deps) => accountsAdminRoutes(deps) });
});
afterAll(() => stack.close());

const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, token = ADMIN_TOKEN) =>
  stack.gateway[method](`/admin/v1/${path}`).set('Authorization', `Bearer ${token}`);
const makeUser = async (members: object) =>
  (
    await call('post', 'users')
      .send({ name: 'Ann', ...members })
      .expect(201)
  ).body;

describe('operators and users', () => {
  it('a user is made, read, changed and deleted', async () => {
    const made = await makeUser({
      email: 'Ann@Example.com',
      company: 'Acme',
      phone: null,
      membership: { status: 'premium', expires_at: '2031-01-02T03:04:05Z' },
      credits: 12.34,
      timezone: 'Europe/Oslo',
      language: 'pt-BR',
      plan: 'reseller',
      rate_limit: 5,
      rate_limit_window: 60,
      password: 'correct horse battery',
    });
    expect(made).toMatchObject({
      email: 'Ann@Example.com',
      membership: { status: 'premium', expires_at: '2031-01-02T03:04:05.000Z' },
      credits: 12.34,
      plan: 'reseller',
      rate_limit: 5,
      is_active: true,
      is_admin: false,
      two_step: false,
      verified_at: null,
      created_at: stack.clock().toISOString(),
    });
    expect(JSON.stringify(made)).not.toMatch(/password|argon/i);
    expect((await call('get', `users/${made.id}`).expect(200)).body).toEqual(made);

    stack.clock.advance(1_000);
    const changed = await call('patch', `users/${made.id}`).send({
      banned: true,
      ban_reason: 'spam',
      membership: { expires_at: null },
      rate_limit: null,
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({
      ...made,
      banned: true,
      ban_reason: 'spam',
      membership: { status: 'premium', expires_at: null },
      rate_limit: null,
      updated_at: stack.clock().toISOString(),
    });

    await call('delete', `users/${made.id}`).expect(204);
    await call('get', `users/${made.id}`).expect(404);
    await call('patch', `users/${made.id}`).send({ name: 'Ann' }).expect(404);
    await call('delete', `users/${made.id}`).expect(404);
  });

  it.each([
    [{}, 'name'],
    [{ name: ' Ann' }, 'name'],
    [{ name: 'Ann', id: 7 }, 'id'],
    [{ name: 'Ann', verified_at: '2030-01-01' }, 'verified_at'],
    [{ name: 'Ann', email: 'nobody' }, 'email'],
    [{ name: 'Ann', password: 'correct horse battery' }, 'email'],
    [{ name: 'Ann', email: 'a@example.com', password: 'short' }, 'password'],
    [{ name: 'Ann', credits: 1.005 }, 'credits'],
    [{ name: 'Ann', credits: '1' }, 'credits'],
    [{ name: 'Ann', credits: 1e10 }, 'credits'],
    [{ name: 'Ann', timezone: 'Moon/Base' }, 'timezone'],
    [{ name: 'Ann', language: 'english please' }, 'language'],
    [{ name: 'Ann', plan: 'no such plan' }, 'plan'],
    [{ name: 'Ann', tariff: 'no such tariff' }, 'tariff'],
    [{ name: 'Ann', rate_limit: 0 }, 'rate_limit'],
    [{ name: 'Ann', rate_limit_window: 2_147_484 }, 'rate_limit_window'],
    [{ name: 'Ann', membership: { status: 'gold' } }, 'membership.status'],
    [{ name: 'Ann', membership: { expires_at: '2030-02-30' } }, 'membership.expires_at'],
    [{ name: 'A\0nn' }, 'name'],
  ])('what is no user is refused by the name of the member: %j', async (body, path) => {
    const before = await stack.deps.db.prisma.user.count();
    const { status, body: problem } = await call('post', 'users').send(body);
    expect([status, problem.code]).toEqual([400, 'BAD_PARAMETER']);
    expect(problem.details.map((detail: { path: string }) => detail.path)).toContain(path);
    expect(await stack.deps.db.prisma.user.count()).toBe(before);
  });

  it('an e-mail belongs to one user, whatever its case', async () => {
    await makeUser({ email: 'one@example.com' });
    const other = await makeUser({});
    expect((await call('post', 'users').send({ name: 'Two', email: 'ONE@example.com' })).body.code).toBe('CONFLICT');
    expect((await call('patch', `users/${other.id}`).send({ email: 'One@Example.com' })).body.code).toBe('CONFLICT');
    const racers = await Promise.all(
      Array.from({ length: 10 }, () => call('post', 'users').send({ name: 'Race', email: 'race@example.com' })),
    );
    expect(racers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it('another e-mail is not verified, the same one stays so', async () => {
    const user = await makeUser({ email: 'proved@example.com' });
    await stack.deps.db.prisma.user.update({ where: { id: user.id }, data: { verifiedAt: stack.clock() } });
    expect((await call('patch', `users/${user.id}`).send({ email: 'Proved@example.com' })).body.verified_at).not.toBeNull();
    expect((await call('patch', `users/${user.id}`).send({ email: 'other@example.com' })).body.verified_at).toBeNull();
  });

  it('users are found by part of the e-mail, of the name, and by membership, page by page', async () => {
    for (const letter of ['a', 'b', 'c']) {
      await makeUser({
        name: `Findme ${letter.toUpperCase()}`,
        email: `${letter}_find%me@example.com`,
        membership: { status: 'lifetime' },
      });
    }
    const names = async (query: string) =>
      (await call('get', `users?${query}`).expect(200)).body.items.map((user: { name: string }) => user.name);
    expect(await names('email=_FIND%25ME')).toHaveLength(3);
    expect(await names('email=_find_me')).toEqual([]);
    expect(await names('q=findme%20b')).toEqual(['Findme B']);
    expect(await names('q=c_&status=lifetime')).toEqual(['Findme C']);
    expect(await names('q=findme&status=free')).toEqual([]);
    const first = (await call('get', 'users?q=findme&limit=2')).body;
    const second = (await call('get', `users?q=findme&limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.items, ...second.items].map((user: { name: string }) => user.name)).toEqual(['Findme A', 'Findme B', 'Findme C']);
    expect(second.next_cursor).toBeNull();
    for (const bad of ['limit=0', 'limit=201', 'status=gold', 'cursor=x', 'q=', 'q=a&q=b']) await call('get', `users?${bad}`).expect(400);
  });

  it('a new password ends the sessions of the user', async () => {
    const user = await makeUser({ email: 'sessions@example.com' });
    const { id } = await openSession(stack.deps.db, { userId: user.id, factors: ['password'], now: stack.clock(), hours: 12 });
    await call('patch', `users/${user.id}`).send({ password: 'another good password' }).expect(200);
    expect((await stack.deps.db.prisma.userSession.findUniqueOrThrow({ where: { id } })).endedAt).toEqual(stack.clock());
  });
});

describe('credentials of a user', () => {
  const live = (userId: number) => stack.deps.db.prisma.credential.count({ where: { userId, revokedAt: null } });

  it.each([
    ['phpstrap', /^psk_[0-9a-f]{48}$/],
    ['altercpa', /^\d+-[0-9a-f]{40}$/],
    ['rest-api', /^ghr_[0-9a-f]{48}$/],
  ])('a %s secret is shown once and kept as a hash', async (kind, form) => {
    const user = await makeUser({});
    const { body } = await call('post', `users/${user.id}/credentials`).send({ kind, name: 'laptop' }).expect(201);
    expect(body).toEqual({ id: expect.any(Number), kind, secret: expect.stringMatching(form) });
    const listed = (await call('get', `users/${user.id}/credentials`).expect(200)).body;
    expect(listed.items).toEqual([
      {
        id: body.id,
        kind,
        name: 'laptop',
        scopes: kind === 'rest-api' ? ['rest-api:*'] : [],
        prefix: body.secret.slice(0, listed.items[0].prefix.length),
        last4: body.secret.slice(-4),
        created_at: stack.clock().toISOString(),
        last_used_at: null,
      },
    ]);
    expect(JSON.stringify(listed)).not.toContain(body.secret.slice(0, 16));
    const row = await stack.deps.db.prisma.credential.findUniqueOrThrow({ where: { id: body.id } });
    expect(Buffer.from(row.secretHash)).toEqual(hashToken(body.secret));
  });

  it('of any number of rotations at once one secret lives', async () => {
    const user = await makeUser({});
    const made = await Promise.all(
      Array.from({ length: 12 }, () => call('post', `users/${user.id}/credentials`).send({ kind: 'altercpa' })),
    );
    expect(made.map(({ status }) => status)).toEqual(Array<number>(12).fill(201));
    expect(await live(user.id)).toBe(1);
  });

  it('a user has as many rest-api credentials as asked for, each with its scopes', async () => {
    const user = await makeUser({});
    for (const scopes of [['rest-api:read'], ['rest-api:write', 'rest-api:read']]) {
      await call('post', `users/${user.id}/credentials`).send({ kind: 'rest-api', scopes }).expect(201);
    }
    const page = (await call('get', `users/${user.id}/credentials?limit=1`)).body;
    const rest = (await call('get', `users/${user.id}/credentials?limit=1&cursor=${page.next_cursor}`)).body;
    expect([page.items[0].scopes, rest.items[0].scopes]).toEqual([['rest-api:read'], ['rest-api:write', 'rest-api:read']]);
    for (const body of [{}, { kind: 'key' }, { kind: 'rest-api', scopes: ['admin:*'] }, { kind: 'phpstrap', scopes: ['rest-api:*'] }]) {
      await call('post', `users/${user.id}/credentials`).send(body).expect(400);
    }
    await call('post', 'users/2147483647/credentials').send({ kind: 'rest-api' }).expect(404);
    await call('get', 'users/2147483647/credentials').expect(404);
    await call('get', 'users/2147483648/credentials').expect(400);
  });

  it('a revoked credential is gone, once', async () => {
    const user = await makeUser({});
    const { body } = await call('post', `users/${user.id}/credentials`).send({ kind: 'phpstrap' });
    await call('delete', `credentials/${body.id}`).expect(204);
    expect(await live(user.id)).toBe(0);
    await call('delete', `credentials/${body.id}`).expect(404);
  });

  it('while phpstrap is switched off its tokens are not made, but are revoked', async () => {
    const user = await makeUser({});
    const { body } = await call('post', `users/${user.id}/credentials`).send({ kind: 'phpstrap' });
    await stack.deps.db.prisma.setting.create({ data: { name: 'phpstrap_enabled', value: false } });
    expect((await call('post', `users/${user.id}/credentials`).send({ kind: 'phpstrap' })).body.code).toBe('API_DISABLED');
    await call('post', `users/${user.id}/credentials`).send({ kind: 'altercpa' }).expect(201);
    await call('delete', `credentials/${body.id}`).expect(204);
    await stack.deps.db.prisma.setting.deleteMany();
  });

  it('a retry with the same Idempotency-Key gets the same secret', async () => {
    const user = await makeUser({});
    const post = () => call('post', `users/${user.id}/credentials`).set('Idempotency-Key', 'abc').send({ kind: 'phpstrap' });
    const [first, second] = [await post(), await post()];
    expect(second.body).toEqual(first.body);
    expect(await stack.deps.db.prisma.credential.count({ where: { userId: user.id } })).toBe(1);
  });
});

describe('what other processes remember of a user', () => {
  it.each([
    ['a change', (id: number) => call('patch', `users/${id}`).send({ banned: true })],
    ['a new credential', (id: number) => call('post', `users/${id}/credentials`).send({ kind: 'phpstrap' })],
    [
      'the same under an Idempotency-Key',
      (id: number) => call('patch', `users/${id}`).set('Idempotency-Key', 'remember').send({ banned: true }),
    ],
    ['deleting', (id: number) => call('delete', `users/${id}`)],
  ] as const)('is not believed any more once %s is answered', async (_what, act) => {
    const { id } = await makeUser({});
    const version = () => stack.deps.versions.read([versionOf.user(id)]);
    const before = await version();
    expect((await act(id)).status).toBeLessThan(300);
    expect(await version()).not.toEqual(before);
  });

  it('nor is a credential once its revocation is answered', async () => {
    const { id } = await makeUser({});
    const credential = (await call('post', `users/${id}/credentials`).send({ kind: 'rest-api' })).body;
    const version = () => stack.deps.versions.read([versionOf.user(id)]);
    const before = await version();
    await call('delete', `credentials/${credential.id}`).expect(204);
    expect(await version()).not.toEqual(before);
  });
});

describe('who is an operator', () => {
  it.each(['users', 'users/1', 'users/1/credentials'])('%s is closed to strangers', async (path) => {
    await stack.gateway.get(`/admin/v1/${path}`).expect(401);
    await call('get', path, 'wrong').expect(401);
  });

  it('an administrator needs a sign-in that passed two-step', async () => {
    const admin = await makeUser({ is_admin: true });
    const { clock, deps } = stack;
    const tokenOf = async (...factors: ('password' | 'totp' | 'telegram')[]) =>
      (await openSession(deps.db, { userId: admin.id, factors, now: clock(), hours: 12 })).token;
    await call('get', 'users', await tokenOf('password', 'totp')).expect(200);
    await call('get', 'users', await tokenOf('password')).expect(403);
    await call('get', 'users', await tokenOf('telegram')).expect(403);
    const user = await makeUser({});
    const { token } = await openSession(deps.db, { userId: user.id, factors: ['password', 'totp'], now: clock(), hours: 12 });
    await call('get', 'users', token).expect(403);
  });
});
