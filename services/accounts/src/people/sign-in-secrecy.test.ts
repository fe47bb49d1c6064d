import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accountsAdminRoutes } from '../admin/accounts-admin-routes.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { createPasswords } from '../passwords/index.ts';
import { createTestOutbox } from '../testing/read-outbox.ts';
import { POLICIES } from './limit-guesses.ts';
import { peopleRoutes } from './people-routes.ts';

// Compares times, which a machine that is busy with something else can blur.
jest.retryTimes(2);

const PASSWORD = 'correct horse battery';
const outbox = createTestOutbox();
let stack: TestService;
let mail: Mail;
let passwordHash = '';

beforeAll(async () => {
  passwordHash = await createPasswords().hash(PASSWORD);
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

const post = (path: string, body: object, address: string) =>
  stack.gateway.post(`/accounts/v1/${path}`).set('X-Forwarded-For', address).send(body);
const makeUser = (members: object) =>
  stack.gateway
    .post('/admin/v1/users')
    .set('Authorization', `Bearer ${ADMIN_TOKEN}`)
    .send({ name: 'Ann', ...members })
    .expect(201);
const quartile = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 4)] ?? 0;

describe('who has an account does not show', () => {
  // Turn by turn, either first in turn, with nothing else going on; the quarter that was least disturbed is compared. Who
  // is not hashed for shows by a factor of ten, so a factor of two leaves room for a busy machine.
  const ROUNDS = 12;
  const compare = async (path: string, bodyOf: (email: string) => object) => {
    const times = { known: [] as number[], unknown: [] as number[] };
    const answers = { known: new Set<string>(), unknown: new Set<string>() };
    for (let round = 0; round < ROUNDS; round += 1) {
      const known = `known-${path}-${round}@example.com`;
      await stack.deps.db.prisma.user.create({ data: { name: 'Ann', email: known, passwordHash } });
      const turn = [['known', known] as const, ['unknown', `un${known}`] as const];
      for (const [who, email] of round % 2 === 0 ? turn : turn.reverse()) {
        await mail.flush();
        const startedAt = performance.now();
        const { status, body, headers } = await post(path, bodyOf(email), `198.51.100.${round + 1}`);
        times[who].push(performance.now() - startedAt);
        answers[who].add(JSON.stringify([status, body.code ?? body.status, Object.keys(body), Object.keys(headers).sort()]));
      }
    }
    expect([...answers.known]).toEqual([...answers.unknown]);
    expect(answers.known.size).toBe(1);
    const ratio = quartile(times.known) / quartile(times.unknown);
    expect(ratio).toBeGreaterThan(1 / 2);
    expect(ratio).toBeLessThan(2);
  };

  it('at sign-in', () => compare('sign-in', (email) => ({ email, password: 'not the password', code: '123456' })));
  it('at registration', () => compare('register', (email) => ({ email, name: 'Ann', password: 'another good password' })));
  it('when the password is forgotten', () => compare('forgot', (email) => ({ email })));

  it('a user without a password is like an unknown one', async () => {
    await makeUser({ email: 'no-password@example.com' });
    const [bare, unknown] = [
      await post('sign-in', { email: 'no-password@example.com', password: '' }, '198.51.100.60'),
      await post('sign-in', { email: 'nobody@example.com', password: 'x' }, '198.51.100.60'),
    ];
    expect([bare.status, unknown.status, unknown.body.code]).toEqual([400, 401, 'SIGN_IN_FAILED']);
    expect((await post('sign-in', { email: 'no-password@example.com', password: 'x' }, '198.51.100.60')).body).toEqual(unknown.body);
  });
});

describe('guessing', () => {
  it.each(['known', 'unknown'])('ten failures in a quarter of an hour close a %s account, from wherever they come', async (who) => {
    const email = `guessed-${who}@example.com`;
    if (who === 'known') await makeUser({ email, password: PASSWORD });
    const guesses = await Promise.all(
      Array.from({ length: 13 }, (_, index) =>
        post('sign-in', { email: index % 2 ? email : email.toUpperCase(), password: `guess ${index}` }, `203.0.113.${index}`),
      ),
    );
    expect(guesses.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(401), ...Array<number>(3).fill(429)]);
    const { status, body, headers } = await post('sign-in', { email, password: PASSWORD }, '203.0.113.99');
    expect([status, body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  it('signing in rightly is not counted, and takes nothing from what is left', async () => {
    const email = 'often@example.com';
    await makeUser({ email, password: PASSWORD });
    for (let round = 0; round < 9; round += 1) await post('sign-in', { email, password: 'wrong' }, '203.0.113.200').expect(401);
    for (let round = 0; round < 3; round += 1) await post('sign-in', { email, password: PASSWORD }, '203.0.113.200').expect(200);
    await post('sign-in', { email, password: 'wrong' }, '203.0.113.200').expect(401);
    await post('sign-in', { email, password: PASSWORD }, '203.0.113.200').expect(429);
  });

  it('a hundred failures close an address, IPv6 by /64, for whatever account', async () => {
    await makeUser({ email: 'innocent@example.com', password: PASSWORD });
    const { limit } = POLICIES.signInAddress;
    for (let taken = 0; taken < limit - 1; taken += 1) await stack.deps.limits.consume(POLICIES.signInAddress, '2001:db8:1:2::/64');
    await post('sign-in', { email: 'one@example.com', password: 'wrong' }, '2001:db8:1:2::1').expect(401);
    await post('sign-in', { email: 'innocent@example.com', password: PASSWORD }, '2001:db8:1:2:ffff::9').expect(429);
    await post('sign-in', { email: 'innocent@example.com', password: PASSWORD }, '2001:db8:1:3::1').expect(200);
  });

  it('fifty registrations an hour close an address', async () => {
    for (let taken = 0; taken < 49; taken += 1) await stack.deps.limits.consume(POLICIES.registerAddress, '203.0.113.222');
    const register = (email: string) => post('register', { email, name: 'Ann', password: PASSWORD }, '203.0.113.222');
    await register('fiftieth@example.com').expect(202);
    await register('next@example.com').expect(429);
    expect(await stack.deps.db.prisma.user.count({ where: { email: 'next@example.com' } })).toBe(0);
  });

  it('tokens of mails are guessed a hundred times, and a wrong one tells nothing', async () => {
    const { limit } = POLICIES.mailTokenAddress;
    for (let taken = 0; taken < limit - 2; taken += 1) await stack.deps.limits.consume(POLICIES.mailTokenAddress, '203.0.113.223');
    const tries = [];
    for (const path of ['verify-email', 'reset', 'verify-email']) {
      tries.push(
        (await post(path, { token: `ghm_${'0'.repeat(48)}`, ...(path === 'reset' ? { password: PASSWORD } : {}) }, '203.0.113.223')).body
          .code,
      );
    }
    expect(tries).toEqual(['CODE_INVALID', 'CODE_INVALID', 'TOO_MANY_REQUESTS']);
  });
});
