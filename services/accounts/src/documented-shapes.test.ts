import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { altercpaRoutes } from './altercpa/altercpa-routes.ts';
import { issueCredential } from './credentials/index.ts';
import { phpstrapRoutes } from './phpstrap/phpstrap-routes.ts';

/** What a member of a reply has to be. */
const FORMS = {
  integer: (value: unknown) => Number.isInteger(value),
  number: (value: unknown) => typeof value === 'number',
  text: (value: unknown) => typeof value === 'string' && value !== '',
  boolean: (value: unknown) => typeof value === 'boolean',
  null: (value: unknown) => value === null,
  true: (value: unknown) => value === true,
  false: (value: unknown) => value === false,
  'plain time': (value: unknown) => /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(String(value)),
  'iso time': (value: unknown) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00$/.test(String(value)),
  membership: (value: unknown) => ['free', 'premium', 'lifetime'].includes(String(value)),
  operational: (value: unknown) => value === 'operational',
  v1: (value: unknown) => value === 'v1',
  version: (value: unknown) => /^\d+\.\d+\.\d+/.test(String(value)),
  'error code': (value: unknown) => /^[A-Z_]+$/.test(String(value)),
  'api key': (value: unknown) => /^\d+-[0-9a-f]{40}$/.test(String(value)),
  'short code': (value: unknown) => /^[a-z]+$/.test(String(value)),
  ok: (value: unknown) => value === 'ok',
  error: (value: unknown) => value === 'error',
} as const;

/** A shape: members in their order, each a form, several that will do, or a shape. A list holds things of one shape. */
type Shape = keyof typeof FORMS | readonly (keyof typeof FORMS)[] | { readonly list: Shape } | { readonly [member: string]: Shape };

const USER_HEAD = { id: 'integer', name: 'text', email: ['text', 'null'], company: ['text', 'null'], phone: ['text', 'null'] } as const;
const MEMBERSHIP = { status: 'membership', expires: ['plain time', 'null'] } as const;
const META = { version: 'v1', timestamp: 'iso time' } as const;
const LISTED_USER = {
  ...USER_HEAD,
  membership: MEMBERSHIP,
  credits: 'number',
  verified: 'boolean',
  is_active: 'boolean',
  timezone: 'text',
  language: 'text',
  created_at: 'plain time',
  last_login: ['plain time', 'null'],
} as const;

const PHPSTRAP: Record<string, Shape> = {
  status: {
    success: 'true',
    data: { status: 'operational', api_version: 'v1', app_version: 'version', timestamp: 'iso time', caller: 'null' },
  },
  statusOfCaller: {
    success: 'true',
    data: {
      status: 'operational',
      api_version: 'v1',
      app_version: 'version',
      timestamp: 'iso time',
      caller: { id: 'integer', name: 'text', membership: 'membership' },
    },
  },
  me: {
    success: 'true',
    data: {
      ...USER_HEAD,
      membership: MEMBERSHIP,
      credits: 'number',
      timezone: 'text',
      language: 'text',
      avatar: ['text', 'null'],
      bio: ['text', 'null'],
      website: ['text', 'null'],
      verified: 'boolean',
      verified_at: ['plain time', 'null'],
      member_since: 'plain time',
      api: { plan: 'text', usage: 'integer', limit: 'integer', remaining: 'integer', reset_at: 'iso time' },
    },
    meta: META,
  },
  user: { success: 'true', data: LISTED_USER, meta: META },
  users: {
    success: 'true',
    data: { list: LISTED_USER },
    meta: { ...META, pagination: { total: 'integer', page: 'integer', per_page: 'integer', pages: 'integer' } },
  },
  error: { success: 'false', error: { code: 'error code', message: 'text' } },
};

const ALTERCPA: Record<string, Shape> = {
  info: {
    status: 'ok',
    data: {
      id: 'integer',
      name: 'text',
      login: ['text', 'null'],
      lang: 'text',
      tariff: 'text',
      tariff_name: 'text',
      paid_until: 'plain time',
      notify: { tariff: 'boolean', leads: 'boolean' },
      grace_until: ['plain time', 'null'],
    },
  },
  apikey: { status: 'ok', data: { key: 'api key' } },
  error: { status: 'error', error: 'short code' },
};

let test: TestService;
let token: string;
let key: string;

beforeAll(async () => {
  test = await startTestService({ routes: (deps) => [...phpstrapRoutes(deps), ...altercpaRoutes(deps, {})] });
  const { db } = test.deps;
  const now = test.clock();
  const full = {
    name: 'Jane Smith',
    email: 'jane@shapes.test',
    company: 'Shapes',
    phone: '1',
    bio: 'b',
    website: 'https://shapes.test',
    avatar: 'a',
    login: 'jane',
    membership: 'premium',
    membershipExpiresAt: new Date(now.getTime() + 86_400_000),
    credits: 100.5,
    verifiedAt: now,
    lastLoginAt: now,
    planName: 'reseller',
  } as const;
  const { id } = await db.prisma.user.create({ data: full });
  await db.prisma.user.create({ data: { name: 'Bare' } });
  token = (await issueCredential(db, { userId: id, kind: 'phpstrap', now })).secret;
  key = (await issueCredential(db, { userId: id, kind: 'altercpa', now })).secret;
});
afterAll(() => test.close());

it.each([
  ['status', '/api/v1/status.php', false],
  ['statusOfCaller', '/api/v1/status.php', true],
  ['me', '/api/v1/me.php', true],
  ['user', '/api/v1/users.php?id=1', true],
  ['user', '/api/v1/users.php?id=2', true],
  ['users', '/api/v1/users.php', true],
  ['error', '/api/v1/me.php', false],
  ['error', '/api/v1/nothing.php', true],
] as const)('phpstrap %s from %s has the documented members, forms and order', async (shape, path, signed) => {
  const { body, headers } = await test.gateway.get(path).set(signed ? { authorization: `Bearer ${token}` } : {});
  expect(headers['content-type']).toBe('application/json');
  expect(differences(PHPSTRAP[shape] ?? 'null', body, shape)).toEqual([]);
});

it.each([
  ['info', 'GET', '/api/profile/info.json'],
  ['error', 'GET', '/api/profile/nothing.json'],
  ['apikey', 'POST', '/api/profile/apikey.json'],
] as const)('altercpa %s has the documented members, forms and order', async (shape, method, path) => {
  const { body, headers, status } = await (method === 'GET' ? test.gateway.get(path) : test.gateway.post(path)).query({ id: key });
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  expect(differences(ALTERCPA[shape] ?? 'null', body, shape)).toEqual([]);
});

/** What about a value is not as the shape says, by path. */
function differences(shape: Shape, value: unknown, path: string): string[] {
  if (typeof shape === 'string') return FORMS[shape](value) ? [] : [`${path} is not ${shape}: ${JSON.stringify(value)}`];
  if (isForms(shape)) return shape.some((form) => FORMS[form](value)) ? [] : [`${path} is none of ${shape.join(', ')}`];
  if (isList(shape)) {
    if (!Array.isArray(value) || value.length === 0) return [`${path} is not a filled list`];
    return value.flatMap((item, index) => differences(shape.list, item, `${path}.${index}`));
  }
  if (typeof value !== 'object' || value === null) return [`${path} is not an object`];
  const order = Object.keys(value).join() === Object.keys(shape).join() ? [] : [`${path} has the members ${Object.keys(value).join()}`];
  return [...order, ...Object.entries(shape).flatMap(([name, of]) => differences(of, Reflect.get(value, name), `${path}.${name}`))];
}

function isForms(shape: Shape): shape is readonly (keyof typeof FORMS)[] {
  return Array.isArray(shape);
}

function isList(shape: Shape): shape is { readonly list: Shape } {
  return typeof shape === 'object' && 'list' in shape && Object.keys(shape).length === 1;
}
