import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { accountsAdminRoutes } from '../admin/accounts-admin-routes.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { createTestOutbox } from '../testing/read-outbox.ts';
import { peopleRoutes } from './people-routes.ts';

const PASSWORD = 'correct horse battery';
const STEP_MS = 30_000;
const outbox = createTestOutbox();
let stack: TestService;
let mail: Mail;
let people = 0;
let email = '';
let token = '';

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

beforeEach(async () => {
  people += 1;
  email = `two-step-${people}@example.com`;
  const body = { name: 'Ann', email, password: PASSWORD, is_admin: true };
  await stack.gateway.post('/admin/v1/users').set('Authorization', `Bearer ${ADMIN_TOKEN}`).send(body).expect(201);
  token = (await signIn()).body.token;
});

const call = (method: 'get' | 'post' | 'delete', path: string, body: object = {}) =>
  stack.gateway[method](`/accounts/v1/${path}`).set('Authorization', `Bearer ${token}`).send(body);
const signIn = (code?: string, password = PASSWORD) =>
  stack.gateway.post('/accounts/v1/sign-in').set('X-Forwarded-For', `198.51.100.${people}`).send({ email, password, code });
const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: stack.clock().getTime() });

/** Turns two-step on, and moves on to where the code that did so is old. */
const turnOn = async (): Promise<{ secret: string; recoveryCodes: string[] }> => {
  const { secret } = (await call('post', 'two-step').expect(200)).body;
  const { recovery_codes } = (await call('post', 'two-step/confirm', { code: codeOf(secret) }).expect(200)).body;
  stack.clock.advance(STEP_MS);
  return { secret, recoveryCodes: recovery_codes };
};

describe('two-step', () => {
  it('is on once a code of the new secret confirms it, and not before', async () => {
    const { secret, otpauth_url } = (await call('post', 'two-step').expect(200)).body;
    expect(new URL(otpauth_url).searchParams.get('secret')).toBe(secret);
    const wrong = codeOf(Secret.fromLatin1('another secret of 20').base32);
    expect((await call('post', 'two-step/confirm', { code: wrong })).body.code).toBe('CODE_INVALID');
    await signIn().expect(200);
    const { recovery_codes } = (await call('post', 'two-step/confirm', { code: codeOf(secret) }).expect(200)).body;
    expect(new Set(recovery_codes).size).toBe(8);
    expect((await call('get', 'me')).body).toMatchObject({ two_step: true, session: { factors: ['password'] } });
    for (const again of ['two-step', 'two-step/confirm'])
      expect((await call('post', again, { code: '000000' })).body.code).toBe('CONFLICT');
    expect((await signIn()).body.code).toBe('TWO_STEP_REQUIRED');
  });

  it('secret and recovery codes are not readable in the database', async () => {
    const { secret, recoveryCodes } = await turnOn();
    const user = await stack.deps.db.prisma.user.findFirstOrThrow({ where: { email }, include: { recoveryCodes: true } });
    const stored = Buffer.concat([Buffer.from(user.totpSecret ?? []), ...user.recoveryCodes.map(({ codeHash }) => Buffer.from(codeHash))]);
    for (const plain of [
      secret,
      Buffer.from(Secret.fromBase32(secret).bytes),
      ...recoveryCodes,
      ...recoveryCodes.map((code) => code.replaceAll('-', '')),
    ]) {
      expect(stored.includes(plain)).toBe(false);
    }
  });

  it('only a session made with a second factor is an operator', async () => {
    const { secret, recoveryCodes } = await turnOn();
    const asOperator = async (session: string) =>
      (await stack.gateway.get('/admin/v1/users').set('Authorization', `Bearer ${session}`)).status;
    expect(await asOperator(token)).toBe(403);
    expect(await asOperator((await signIn(codeOf(secret)).expect(200)).body.token)).toBe(200);
    expect(await asOperator((await signIn(recoveryCodes[0]).expect(200)).body.token)).toBe(200);
  });

  it('a code is good once, at however many doors at once', async () => {
    const { secret } = await turnOn();
    const code = codeOf(secret);
    const tries = await Promise.all(Array.from({ length: 6 }, () => signIn(code)));
    expect(tries.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(5).fill(401)]);
    await signIn(code).expect(401);
    stack.clock.advance(STEP_MS);
    await signIn(code).expect(401);
    await signIn(codeOf(secret)).expect(200);
  });

  it('the code that confirmed two-step does not sign in', async () => {
    const { secret } = (await call('post', 'two-step').expect(200)).body;
    await call('post', 'two-step/confirm', { code: codeOf(secret) }).expect(200);
    await signIn(codeOf(secret)).expect(401);
  });

  it('a recovery code is good once, as people type it', async () => {
    const { recoveryCodes } = await turnOn();
    const [first = '', second = ''] = recoveryCodes;
    const tries = await Promise.all(Array.from({ length: 4 }, () => signIn(first.toLowerCase().replaceAll('-', ' '))));
    expect(tries.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    await signIn(second).expect(200);
  });

  it('without the password no code tells anything', async () => {
    const { secret } = await turnOn();
    const code = codeOf(secret);
    expect((await signIn(undefined, 'not the password')).body.code).toBe('SIGN_IN_FAILED');
    expect((await signIn(code, 'not the password')).body.code).toBe('SIGN_IN_FAILED');
    // It was not used up by that.
    await signIn(code).expect(200);
  });

  it('it is turned off with a code, and then no session counts as having passed it', async () => {
    const { secret, recoveryCodes } = await turnOn();
    const strong = (await signIn(codeOf(secret)).expect(200)).body.token;
    expect((await call('delete', 'two-step', { code: 'AAAA-AAAA-AAAA-AAAA' })).body.code).toBe('CODE_INVALID');
    await call('delete', 'two-step', { code: recoveryCodes[3] }).expect(204);
    expect((await call('delete', 'two-step', { code: recoveryCodes[4] })).body.code).toBe('CONFLICT');
    expect((await call('get', 'me')).body.two_step).toBe(false);
    await stack.gateway.get('/admin/v1/users').set('Authorization', `Bearer ${strong}`).expect(403);
    await signIn().expect(200);
    expect(await stack.deps.db.prisma.recoveryCode.count({ where: { user: { email } } })).toBe(0);
  });

  it('a secret that is asked for anew takes the place of the old one', async () => {
    const first = (await call('post', 'two-step').expect(200)).body.secret;
    const second = (await call('post', 'two-step').expect(200)).body.secret;
    await call('post', 'two-step/confirm', { code: codeOf(first) }).expect(400);
    await call('post', 'two-step/confirm', { code: codeOf(second) }).expect(200);
  });

  it('codes are guessed ten times in a quarter of an hour, and no more', async () => {
    await turnOn();
    const guesses = await Promise.all(
      Array.from({ length: 14 }, (_, index) => call('delete', 'two-step', { code: `WRONG-CODE-${index}` })),
    );
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(10);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(4);
    expect(guesses.find(({ status }) => status === 429)?.headers['retry-after']).toMatch(/^\d+$/);
  });
});
