import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { issueCredential } from '../credentials/index.ts';
import { phpstrapRoutes } from './phpstrap-routes.ts';

let test: TestService;
let token: string;

const END = new Date('2031-01-01T00:00:00Z');

beforeAll(async () => {
  test = await startTestService({ routes: phpstrapRoutes });
  const { db } = test.deps;
  const { id } = await db.prisma.user.create({
    data: { name: 'Reseller', email: 'seller@list.test', planName: 'reseller', rateLimit: 100_000 },
  });
  token = (await issueCredential(db, { userId: id, kind: 'phpstrap', now: test.clock() })).secret;
  const users = Array.from({ length: 60 }, (_, n) => ({
    name: `User ${n}`,
    email: `${n % 3 === 0 ? 'Smith' : 'jones'}.${n}@list.test`,
    membership: (['free', 'premium', 'lifetime'] as const)[n % 3] ?? 'free',
    membershipExpiresAt: n % 3 === 1 && n % 2 === 1 ? END : null,
  }));
  await db.prisma.user.createMany({ data: users });
  await db.prisma.user.create({ data: { name: 'By Telegram' } });
  // A gap: pages go by what is there, not by ids.
  await db.prisma.user.delete({ where: { id: 10 } });
});
afterAll(() => test.close());
beforeEach(() => test.clock.set('2030-12-31T12:00:00Z'));

it('pages hold every user once, in order of id, with an exact total', async () => {
  const expected = (await test.deps.db.prisma.user.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);
  const pages = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((page) => list({ page, per_page: 9 })));
  expect(pages.flatMap(({ ids }) => ids)).toEqual(expected);
  expect(pages[0]?.pagination).toEqual({ total: expected.length, page: 1, per_page: 9, pages: Math.ceil(expected.length / 9) });
});

it('a page past the end is an empty list with the same total', async () => {
  for (const filter of [{}, { email: 'smith' }, { status: 'free' }]) {
    const { ids, pagination } = await list({ ...filter, page: 2_147_483_647, per_page: 100 });
    expect(ids).toEqual([]);
    expect(pagination.total).toBe((await list(filter)).pagination.total);
  }
});

it('the first page of 25 is the default', async () => {
  const { ids, pagination } = await list({});
  expect(ids).toHaveLength(25);
  expect(pagination).toMatchObject({ page: 1, per_page: 25 });
});

it.each(['smith', 'SMITH', 's', 'Sm', '.1', '@LIST', '%', '_', '\\', 'nobody'])(
  'finds e-mails by the part %s whatever its case',
  async (email) => {
    const all = await test.deps.db.prisma.user.findMany({ orderBy: { id: 'asc' } });
    const expected = all.filter((user) => user.email?.toLowerCase().includes(email.toLowerCase())).map(({ id }) => id);
    const { ids, pagination } = await list({ email, per_page: 100 });
    expect(ids).toEqual(expected);
    expect(pagination.total).toBe(expected.length);
  },
);

it('filters combine, and a lapsed premium membership is free from the second that it names', async () => {
  const counts = async () => [await total('free'), await total('premium'), await total('lifetime')];
  const lapsing = await test.deps.db.prisma.user.count({ where: { membership: 'premium', membershipExpiresAt: END } });
  const [free = 0, premium = 0, lifetime = 0] = await counts();
  expect(lapsing).toBeGreaterThan(3);
  test.clock.set(new Date(END.getTime() - 1));
  expect(await counts()).toEqual([free, premium, lifetime]);
  test.clock.set(END);
  expect(await counts()).toEqual([free + lapsing, premium - lapsing, lifetime]);
  test.clock.set(new Date(END.getTime() - 1));
  expect(await counts()).toEqual([free, premium, lifetime]);
  const { users } = await list({ status: 'premium', email: 'jones', per_page: 5 });
  expect(users.map(({ email, membership }) => [email?.slice(0, 5), membership.status])).toEqual(Array(5).fill(['jones', 'premium']));
});

it('id gives one user as an object, and 404 when there is none', async () => {
  const { body } = await get({ id: 3 });
  expect(body.data.id).toBe(3);
  expect(body.meta.pagination).toBeUndefined();
  const gone = await get({ id: 10 });
  expect([gone.status, gone.body.error.code]).toEqual([404, 'NOT_FOUND']);
});

it.each([
  ['id', '0'],
  ['id', '2147483648'],
  ['id', 'x'],
  ['id', ''],
  ['email', ''],
  ['email', 'a\0b'],
  ['status', 'gold'],
  ['status', 'Premium'],
  ['page', '0'],
  ['page', '-1'],
  ['page', '1.5'],
  ['page', '99999999999999999999'],
  ['per_page', '0'],
  ['per_page', '101'],
  ['per_page', 'all'],
])('%s=%j is refused by its name', async (name, value) => {
  const { status, body } = await get({ [name]: value });
  expect([status, body.error.code]).toEqual([400, 'INVALID_PARAM']);
  expect(body.error.message).toMatch(new RegExp(`^${name} `));
});

it('a parameter given twice is refused, an unknown one ignored', async () => {
  const twice = await test.gateway.get('/api/v1/users.php?page=1&page=2').set('authorization', `Bearer ${token}`);
  expect(twice.body.error.code).toBe('INVALID_PARAM');
  expect((await list({ sort: 'name' })).ids).toHaveLength(25);
});

it('what changes shows at once in totals and searches', async () => {
  const { db } = test.deps;
  const totals = async () => [await total(), await total(undefined, 'fresh'), await total('lifetime', 'fresh')];
  const [all = 0] = await totals();
  const { id } = await db.prisma.user.create({ data: { name: 'New', email: 'fresh@list.test' } });
  expect(await totals()).toEqual([all + 1, 1, 0]);
  await db.prisma.user.update({ where: { id }, data: { membership: 'lifetime' } });
  expect(await totals()).toEqual([all + 1, 1, 1]);
  await db.prisma.user.update({ where: { id }, data: { email: 'other@list.test' } });
  expect(await totals()).toEqual([all + 1, 0, 0]);
  await db.prisma.user.delete({ where: { id } });
  expect(await totals()).toEqual([all, 0, 0]);
});

it('what was found before is brought up to date where users have changed or lapsed, and nowhere else', async () => {
  const { db } = test.deps;
  // On both sides of the edges of the thousands of ids that are searched together.
  const ids = [4095, 4096, 8191, 8192, 100_000, 2_000_000];
  const data = ids.map((id) => ({
    id,
    name: 'Far',
    email: `far.${id}@list.test`,
    membership: 'premium' as const,
    membershipExpiresAt: END,
  }));
  await db.prisma.user.createMany({ data });
  const expectFound = async (expected: readonly number[], filter = {}) => {
    const pages = await Promise.all([1, 2, 3, 4].map((page) => list({ email: 'far.', per_page: 2, page, ...filter })));
    expect(pages.flatMap((page) => page.ids)).toEqual(expected);
    expect(pages[0]?.pagination.total).toBe(expected.length);
  };
  await expectFound(ids);
  await expectFound(ids, { status: 'premium' });
  await db.prisma.user.update({ where: { id: 8191 }, data: { email: 'near@list.test' } });
  await db.prisma.user.update({ where: { id: 4096 }, data: { membership: 'lifetime' } });
  await db.prisma.user.create({ data: { id: 300_000, name: 'Far', email: 'far.new@list.test', membership: 'premium' } });
  await expectFound([4095, 4096, 8192, 100_000, 300_000, 2_000_000]);
  await expectFound([4095, 8192, 100_000, 300_000, 2_000_000], { status: 'premium' });
  await db.prisma.user.delete({ where: { id: 100_000 } });
  test.clock.set(END);
  await expectFound([300_000], { status: 'premium' });
  await expectFound([4095, 8192, 2_000_000], { status: 'free' });
  await db.prisma.user.deleteMany({ where: { name: 'Far' } });
  await expectFound([]);
});

it('the total stays exact while users come and go at once', async () => {
  const { db } = test.deps;
  const [before] = [await total()];
  for (let round = 0; round < 20; round += 1) {
    const made = await Promise.all(
      Array.from({ length: 6 }, (_, n) => db.prisma.user.create({ data: { name: 'Busy', email: `busy.${round}.${n}@list.test` } })),
    );
    await Promise.all([
      ...made.map(({ id }) => db.prisma.user.delete({ where: { id } })),
      db
        .tx(async (tx) => {
          await tx.prisma.user.create({ data: { name: 'Undone' } });
          throw new Error('undone');
        })
        .catch(() => undefined),
      list({ email: 'busy' }),
    ]);
  }
  expect(await total()).toBe(before);
  expect(await total(undefined, 'busy')).toBe(0);
});

interface Listed {
  readonly id: number;
  readonly email: string | null;
  readonly membership: { readonly status: string };
}

function get(query: object) {
  return test.gateway.get('/api/v1/users.php').query(query).set('authorization', `Bearer ${token}`);
}

async function list(query: object) {
  const { status, body } = await get(query);
  expect(status).toBe(200);
  const users: readonly Listed[] = body.data;
  return { users, ids: users.map(({ id }) => id), pagination: body.meta.pagination };
}

async function total(status?: string, email?: string): Promise<number> {
  return (await list({ ...(status && { status }), ...(email && { email }) })).pagination.total;
}
