import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountsAdminRoutes } from '../admin/accounts-admin-routes.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { createTestOutbox } from '../testing/read-outbox.ts';
import { peopleRoutes } from './people-routes.ts';

const PASSWORD = 'correct horse battery';
const outbox = createTestOutbox();
let stack: TestService;
let mail: Mail;
let visitors = 0;

beforeAll(async () => {
  stack = await startTestService({
    routes: (deps) => {
      mail = createMail(deps, outbox);
      return [...peopleRoutes(deps, mail), ...accountsAdminRoutes(deps)];
    },
  });
});
afterAll(async () => {
  await mail.close();
  await stack.close();
  outbox.remove();
});

type Method = 'get' | 'post' | 'patch' | 'delete';
/** Each test comes from an address of its own, since registering is limited by address. */
const call = (method: Method, path: string, token?: string, address = `198.51.100.${(visitors % 250) + 1}`) => {
  const request = stack.gateway[method](`/accounts/v1/${path}`).set('X-Forwarded-For', address);
  return token === undefined ? request : request.set('Authorization', `Bearer ${token}`);
};
const person = async (options: { verified?: boolean } = {}) => {
  visitors += 1;
  const email = `person${visitors}@example.com`;
  await call('post', 'register').send({ email, name: 'Ann', password: PASSWORD }).expect(202);
  if (options.verified) {
    await mail.flush();
    await call('post', 'verify-email')
      .send({ token: outbox.mailsTo(email)[0]?.token })
      .expect(204);
  }
  return email;
};
const signIn = async (email: string, password = PASSWORD): Promise<string> =>
  (await call('post', 'sign-in').send({ email, password }).expect(200)).body.token;

describe('signing up', () => {
  it('a registered person proves the e-mail with the mailed token, once', async () => {
    const email = await person();
    await mail.flush();
    const [welcome, ...more] = outbox.mailsTo(email);
    expect([welcome?.subject, more]).toEqual(['Confirm your e-mail address', []]);
    const token = await signIn(email);
    expect((await call('get', 'me', token)).body).toMatchObject({
      email,
      name: 'Ann',
      verified: false,
      is_admin: false,
      plan: 'standard',
      credits: 0,
    });

    const tries = await Promise.all(Array.from({ length: 8 }, () => call('post', 'verify-email').send({ token: welcome?.token })));
    expect(tries.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(7).fill(400)]);
    expect(tries.find(({ status }) => status === 400)?.body.code).toBe('CODE_INVALID');
    expect((await call('get', 'me', token)).body).toMatchObject({ verified: true, verified_at: stack.clock().toISOString() });
  });

  it('registering a known e-mail answers the same, changes nothing and mails its owner', async () => {
    const email = await person();
    const before = await stack.deps.db.prisma.user.findFirstOrThrow({ where: { email } });
    const first = await call('post', 'register').send({ email: `new-${email}`, name: 'Bob', password: PASSWORD });
    const again = await call('post', 'register').send({ email: email.toUpperCase(), name: 'Eve', password: 'another good password' });
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    await mail.flush();
    const mails = outbox.mailsTo(email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Confirm your e-mail address', 'You have an account already']);
    expect(mails[1]?.token).toBe('');
    expect(await stack.deps.db.prisma.user.findFirstOrThrow({ where: { email } })).toEqual(before);
    await signIn(email);
  });

  it('of any number of registrations at once one makes the user', async () => {
    visitors += 1;
    const email = `race${visitors}@example.com`;
    const tries = await Promise.all(
      Array.from({ length: 10 }, () => call('post', 'register').send({ email, name: 'Ann', password: PASSWORD })),
    );
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await stack.deps.db.prisma.user.count({ where: { email } })).toBe(1);
  });

  it('a stranger has at most five mails an hour sent to one address', async () => {
    const email = await person();
    for (let round = 0; round < 7; round += 1) await call('post', 'forgot').send({ email }).expect(202);
    await mail.flush();
    expect(outbox.mailsTo(email).length).toBeLessThanOrEqual(5);
  });

  it('no mail holds words of a stranger', async () => {
    visitors += 1;
    const email = `spam${visitors}@example.com`;
    await call('post', 'register').send({ email, name: 'Buy at evil.example', password: PASSWORD }).expect(202);
    await mail.flush();
    expect(JSON.stringify(outbox.mailsTo(email))).not.toContain('evil');
  });

  it.each([
    ['register', { name: 'Ann', password: PASSWORD }, 'email'],
    ['register', { email: 'a@example.com', password: PASSWORD }, 'name'],
    ['register', { email: 'a@example.com', name: 'Ann', password: 'too short' }, 'password'],
    ['register', { email: 'not an e-mail', name: 'Ann', password: PASSWORD }, 'email'],
    ['register', { email: ['a@example.com'], name: 'Ann', password: PASSWORD }, 'email'],
    ['sign-in', { email: 'a@example.com' }, 'password'],
    ['sign-in', { email: { $ne: '' }, password: PASSWORD }, 'email'],
    ['forgot', {}, 'email'],
    ['reset', { token: 'x', password: 'short' }, 'password'],
    ['verify-email', {}, 'token'],
  ])('%s refuses %j', async (path, body, member) => {
    const { status, body: problem } = await call('post', path).send(body);
    expect([status, problem.code, problem.details[0].path]).toEqual([400, 'BAD_PARAMETER', member]);
  });
});

describe('what nobody may set about themselves', () => {
  const FORBIDDEN = {
    id: 1,
    is_admin: true,
    isAdmin: true,
    plan: 'reseller',
    planName: 'reseller',
    credits: 1_000,
    membership: { status: 'lifetime' },
    membership_expires_at: '2040-01-01',
    rate_limit: 1_000_000,
    rate_limit_window: 1,
    is_active: true,
    banned: false,
    web_api_revoked: false,
    verified: true,
    verified_at: '2030-01-01',
    totp_secret: 'x',
    telegram_id: 1,
    tariff: 'free',
    login: 'admin',
    factors: ['totp'],
    password_hash: 'x',
    __proto__: { is_admin: true },
  };

  it.each([...Object.entries(FORBIDDEN), ['constructor', { is_admin: true }]] as const)('%s', async (member, value) => {
    visitors += 1;
    const email = `forbidden${visitors}@example.com`;
    const refused = await call('post', 'register').send({ email, name: 'Ann', password: PASSWORD, [member]: value });
    expect([refused.status, refused.body.code]).toEqual([400, 'BAD_PARAMETER']);
    expect(await stack.deps.db.prisma.user.count({ where: { email } })).toBe(0);
  });

  it('nor through the profile', async () => {
    const email = await person();
    const token = await signIn(email);
    const before = (await call('get', 'me', token)).body;
    for (const [member, value] of Object.entries({ ...FORBIDDEN, email: 'other@example.com', password: PASSWORD })) {
      const refused = await call('patch', 'me', token).send({ name: 'Changed', [member]: value });
      expect([member, refused.status]).toEqual([member, 400]);
    }
    await call('patch', 'me', token).set('Content-Type', 'application/json').send('{"__proto__":{"isAdmin":true}}').expect(400);
    await call('patch', 'me', token).type('form').send('name=Ann&isAdmin=true').expect(400);
    expect((await call('get', 'me', token)).body).toEqual(before);
  });
});

describe('the profile', () => {
  it('a person changes it and others see it', async () => {
    const token = await signIn(await person());
    const profile = {
      name: 'Ann B',
      company: 'Acme',
      phone: null,
      bio: 'I ski.',
      website: 'https://ann.example',
      timezone: 'Asia/Tokyo',
      language: 'ja',
    };
    const { body } = await call('patch', 'me', token).send(profile).expect(200);
    expect(body).toMatchObject({ ...profile, session: { factors: ['password'] } });
    expect((await call('get', 'me', token)).body).toEqual(body);
    const admin = await stack.gateway.get(`/admin/v1/users/${body.id}`).set('Authorization', `Bearer ${ADMIN_TOKEN}`);
    expect(admin.body).toMatchObject({ name: 'Ann B', company: 'Acme' });
    for (const bad of [{ website: 'javascript:alert(1)' }, { avatar: 'x' }, { name: '' }, { name: null }, { timezone: 'x' }]) {
      await call('patch', 'me', token).send(bad).expect(400);
    }
  });

  it('a premium membership that has run out reads free', async () => {
    const email = await person();
    const token = await signIn(email);
    const end = new Date(stack.clock().getTime() + 60_000);
    await stack.deps.db.prisma.user.updateMany({ where: { email }, data: { membership: 'premium', membershipExpiresAt: end } });
    const status = async () => (await call('get', 'me', token)).body.membership.status;
    expect(await status()).toBe('premium');
    stack.clock.advance(60_000);
    expect(await status()).toBe('free');
  });
});

describe('sessions', () => {
  it('a session slides for 12 hours, and not a moment longer', async () => {
    const token = await signIn(await person());
    const hours = (n: number) => n * 3_600_000;
    stack.clock.advance(hours(12) - 1);
    await call('get', 'me', token).expect(200);
    stack.clock.advance(hours(12) - 1);
    await call('get', 'me', token).expect(200);
    stack.clock.advance(hours(12));
    await call('get', 'me', token).expect(401);
  });

  it('a session that was signed out is refused, and only that one', async () => {
    const email = await person();
    const [first, second] = [await signIn(email), await signIn(email)];
    await call('post', 'sign-out', first).expect(204);
    await call('get', 'me', first).expect(401);
    await call('post', 'sign-out', first).expect(401);
    await call('get', 'me', second).expect(200);
  });

  it('the session of who is banned or switched off is refused at once', async () => {
    const email = await person();
    const token = await signIn(email);
    const patch = async (body: object) => {
      const user = await stack.deps.db.prisma.user.findFirstOrThrow({ where: { email } });
      await stack.gateway.patch(`/admin/v1/users/${user.id}`).set('Authorization', `Bearer ${ADMIN_TOKEN}`).send(body).expect(200);
    };
    await patch({ banned: true });
    expect((await call('get', 'me', token)).body.code).toBe('ACCOUNT_BANNED');
    expect((await call('post', 'sign-in').send({ email, password: PASSWORD })).body.code).toBe('ACCOUNT_BANNED');
    await patch({ banned: false, is_active: false });
    expect((await call('get', 'me', token)).body.code).toBe('ACCOUNT_INACTIVE');
    await patch({ is_active: true });
    await call('get', 'me', token).expect(200);
  });

  it.each(['get me', 'patch me', 'post sign-out', 'post password', 'post two-step', 'post two-step/confirm', 'delete two-step'])(
    '%s needs a session',
    async (which) => {
      const [method, path] = which.split(' ') as [Method, string];
      expect((await call(method, path).send({})).body.code).toBe('NO_CREDENTIAL');
      expect((await call(method, path, `ghu_${'0'.repeat(48)}`).send({})).body.code).toBe('BAD_CREDENTIAL');
      await call(method, path, ADMIN_TOKEN).send({}).expect(401);
    },
  );

  it.each(['get credentials', 'post token', 'delete token', 'post altercpa-key'])('%s needs a session', async (which) => {
    const [method, path] = which.split(' ') as [Method, string];
    expect((await call(method, path)).body.code).toBe('NO_CREDENTIAL');
    expect((await call(method, path, 'x')).body.code).toBe('BAD_CREDENTIAL');
  });
});

describe('passwords', () => {
  it('a changed password ends the other sessions and the old password', async () => {
    const email = await person();
    const [mine, other] = [await signIn(email), await signIn(email)];
    const wrong = await call('post', 'password', mine).send({ current: 'not the password', new: 'another good password' });
    expect([wrong.status, wrong.body.details[0].path]).toEqual([400, 'current']);
    await call('post', 'password', mine).send({ current: PASSWORD, new: 'another good password' }).expect(204);
    await call('get', 'me', mine).expect(200);
    await call('get', 'me', other).expect(401);
    await call('post', 'sign-in').send({ email, password: PASSWORD }).expect(401);
    await signIn(email, 'another good password');
  });

  it('of two changes at once one is made', async () => {
    const token = await signIn(await person());
    const tries = await Promise.all(
      ['first new password', 'second new password'].map((next) => call('post', 'password', token).send({ current: PASSWORD, new: next })),
    );
    // The later one finds the password changed: as a conflict, or as a wrong password.
    expect(tries.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('a forgotten password is reset with the mailed token, once, and everybody is signed out', async () => {
    const email = await person();
    const token = await signIn(email);
    await call('post', 'forgot').send({ email: email.toUpperCase() }).expect(202);
    await call('post', 'forgot').send({ email }).expect(202);
    await mail.flush();
    const [older, newer] = outbox.mailsTo(email).slice(-2);
    const tries = await Promise.all(
      Array.from({ length: 6 }, (_, index) => call('post', 'reset').send({ token: newer?.token, password: `new password ${index}` })),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(5).fill(400)]);
    await call('get', 'me', token).expect(401);
    await call('post', 'sign-in').send({ email, password: PASSWORD }).expect(401);
    const fresh = await signIn(email, `new password ${tries.findIndex(({ status }) => status === 204)}`);
    expect((await call('get', 'me', fresh)).body.verified).toBe(true);
    // The other mail's token went with it.
    await call('post', 'reset').send({ token: older?.token, password: PASSWORD }).expect(400);
  });

  it('a token is good for its purpose, its time and its address only', async () => {
    const email = await person();
    await call('post', 'forgot').send({ email }).expect(202);
    await mail.flush();
    const [welcome, forgotten] = outbox.mailsTo(email).map(({ token }) => token);
    await call('post', 'reset').send({ token: welcome, password: PASSWORD }).expect(400);
    await call('post', 'verify-email').send({ token: forgotten }).expect(400);
    stack.clock.advance(3_600_000);
    await call('post', 'reset').send({ token: forgotten, password: PASSWORD }).expect(400);
    await stack.deps.db.prisma.user.updateMany({ where: { email }, data: { email: `moved-${email}` } });
    await call('post', 'verify-email').send({ token: welcome }).expect(400);
  });

  it('nobody is mailed at an unknown address', async () => {
    const count = outbox.count();
    await call('post', 'forgot').send({ email: 'nobody-at-all@example.com' }).expect(202);
    await mail.flush();
    expect(outbox.count()).toBe(count);
  });
});

describe('credentials of oneself', () => {
  it('a person makes, lists and revokes the phpstrap token, and makes an altercpa key', async () => {
    const token = await signIn(await person());
    const first = (await call('post', 'token', token).expect(201)).body;
    const second = (await call('post', 'token', token).expect(201)).body;
    const key = (await call('post', 'altercpa-key', token).expect(201)).body;
    expect([first.secret, second.secret, key.secret]).toEqual([
      expect.stringMatching(/^psk_/),
      expect.stringMatching(/^psk_/),
      expect.stringMatching(/^\d+-[0-9a-f]{40}$/),
    ]);
    const { items } = (await call('get', 'credentials', token).expect(200)).body;
    expect(items.map(({ id, kind }: { id: number; kind: string }) => [id, kind])).toEqual([
      [second.id, 'phpstrap'],
      [key.id, 'altercpa'],
    ]);
    await call('delete', 'token', token).expect(204);
    await call('delete', 'token', token).expect(404);
  });

  it('while phpstrap is switched off a token is not made, but is revoked', async () => {
    const token = await signIn(await person());
    await call('post', 'token', token).expect(201);
    await stack.deps.db.prisma.setting.create({ data: { name: 'phpstrap_enabled', value: false } });
    expect((await call('post', 'token', token)).body.code).toBe('API_DISABLED');
    await call('delete', 'token', token).expect(204);
    await call('post', 'altercpa-key', token).expect(201);
    await stack.deps.db.prisma.setting.deleteMany();
  });

  it('a retry with the same Idempotency-Key gets the first answer, also of a sign-in', async () => {
    const email = await person();
    const once = (path: string, token: string | undefined, body: object) =>
      call('post', path, token).set('Idempotency-Key', `k${visitors}`).send(body);
    const [first, second] = [
      await once('sign-in', undefined, { email, password: PASSWORD }),
      await once('sign-in', undefined, { email, password: PASSWORD }),
    ];
    expect([first.status, second.body]).toEqual([200, first.body]);
    const [made, again] = [await once('token', first.body.token, {}), await once('token', first.body.token, {})];
    expect([made.status, again.body]).toEqual([201, made.body]);
    expect((await once('altercpa-key', first.body.token, {})).body.code).toBe('IDEMPOTENCY_MISMATCH');
  });
});
