import { describeRoutes } from '@gatehouse/http';
import { ADMIN_TOKEN } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { DemoState } from './demo/demo-state.ts';
import { createDocumentReader, type DocumentReader, type OpenApiDocument } from './testing/document-reader.ts';
import { startTestHouse, type TestHouse } from './testing/start-test-house.ts';

const NAMES = ['web-api', 'keys', 'phpstrap', 'altercpa', 'hotspot', 'native'] as const;
type Name = (typeof NAMES)[number];

let house: TestHouse;
const documents = new Map<Name, OpenApiDocument>();
const readers = new Map<Name, DocumentReader>();

beforeAll(async () => {
  house = await startTestHouse();
  for (const name of NAMES) {
    const { body } = await house.gateway.get(`/openapi/${name}.json`).expect(200);
    documents.set(name, body);
    readers.set(name, createDocumentReader(body));
  }
});
afterAll(() => house.close());

const documentOf = (name: Name) => required(documents.get(name));
const readerOf = (name: Name) => required(readers.get(name));

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it was not loaded');
  return value;
}

describe.each(NAMES)('the document of %s', (name) => {
  it('is valid OpenAPI 3.1, and all that it refers to is there', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...documentOf(name) })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it('names every operation once', () => {
    const ids = Object.values(documentOf(name).paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('has examples of errors that fit its own schemas', () => {
    expect(readerOf(name).findWrongExamples()).toEqual([]);
  });
});

it('nothing is served that is not documented, and nothing documented that is not served', async () => {
  const silent = house.routes.filter(({ name, operations = [] }) => name !== 'unknown' && operations.length === 0);
  expect(silent.map(({ path }) => path)).toEqual([]);
  const served = (await describeRoutes(house.routes)).operations.flatMap(({ dialect, path, methods, command, name }) =>
    command === null ? methods.map((method) => `${dialect} ${method} ${path}`) : [`${dialect} ${path} ${name}`],
  );
  const documented = [...documents].flatMap(([dialect, { paths, components }]) => {
    const commands = Object.keys(components.schemas).flatMap((schema) => (schema.endsWith('.call') ? [schema.slice(0, -5)] : []));
    return Object.entries(paths).flatMap(([path, operations]) =>
      commands.length > 0
        ? commands.map((command) => `${dialect} ${path} ${command}`)
        : Object.keys(operations).map((method) => `${dialect} ${method.toUpperCase()} ${path}`),
    );
  });
  expect(documented.sort()).toEqual(served.sort());
});

type Token = keyof DemoState | 'admin' | 'wrong' | 'none';
type CallRow = readonly [name: Name, token: Token, method: string, target: string, status: number, body?: object];

/** Real calls, refused ones too. `{licence}` and `{site}` stand for the demo's. */
const CALLS: readonly CallRow[] = [
  ['keys', 'restApiKey', 'GET', '/keys?limit=3', 200],
  ['keys', 'none', 'GET', '/keys', 401],
  ['keys', 'wrong', 'GET', '/keys', 401],
  ['keys', 'restApiKey', 'GET', '/keys?limit=1000', 400],
  ['keys', 'restApiKey', 'POST', '/keys', 201, { provider_id: 1, hwids: ['a'] }],
  ['keys', 'restApiKey', 'POST', '/keys', 404, { provider_id: 999 }],
  ['keys', 'restApiKey', 'POST', '/keys', 400, { nonsense: true }],
  ['keys', 'restApiKey', 'POST', '/keys/batch', 201, { provider_id: 1, amount: 2 }],
  ['keys', 'restApiKey', 'GET', '/keys/1', 200],
  ['keys', 'restApiKey', 'GET', '/keys/999999', 404],
  ['keys', 'restApiKey', 'PUT', '/keys/1', 200, { key_name: 'new', hwids: ['a', 'b'] }],
  ['keys', 'restApiKey', 'POST', '/keys/1/reset-hwid', 200],
  ['keys', 'restApiKey', 'POST', '/keys/bulk-delete', 200, { ids: [1, 999999], keys: ['nothing'] }],
  ['keys', 'none', 'POST', '/keys/verify', 200, { key: '{licence}', hwid: 'demo-machine', nonce: 'n' }],
  ['keys', 'none', 'POST', '/keys/verify', 200, { key: 'AAAA-AAAA-AAAA-AAAA' }],
  ['keys', 'none', 'GET', '/keys/public-key', 200],
  ['keys', 'none', 'POST', '/sessions', 201, { key: '{licence}', hwid: 'demo-machine' }],
  ['keys', 'none', 'POST', '/sessions', 403, { key: 'AAAA-AAAA-AAAA-AAAA' }],
  ['keys', 'restApiKey', 'GET', '/services', 200],
  ['keys', 'restApiKey', 'POST', '/services', 201, { name: 'Another' }],
  ['keys', 'restApiKey', 'GET', '/providers', 200],
  ['keys', 'restApiKey', 'POST', '/hwid-bans', 201, { hwid: 'evil' }],
  ['keys', 'restApiKey', 'GET', '/hwid-bans', 200],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=getMember&bans&history&scripts&private&hashes', 200],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=getAllSoftware', 200],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=getAllScripts', 200],
  ['web-api', 'none', 'POST', '/api.php?key={licence}&cmd=setConfiguration', 200, { value: '{"a":1}' }],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=getConfiguration', 200],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=authorizeHandshake', 200],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=authorizeHandshake', 409],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=listAttempts', 403],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=setProtection&protection=9', 400],
  ['web-api', 'none', 'GET', '/api.php?key={licence}&cmd=getSoftware&name=none', 404],
  ['web-api', 'none', 'GET', '/api.php?cmd=getMember', 401],
  ['phpstrap', 'none', 'GET', '/api/v1/status.php', 200],
  ['phpstrap', 'phpstrapToken', 'GET', '/api/v1/status.php', 200],
  ['phpstrap', 'phpstrapToken', 'GET', '/api/v1/me.php', 200],
  ['phpstrap', 'none', 'GET', '/api/v1/me.php', 401],
  ['phpstrap', 'phpstrapToken', 'GET', '/api/v1/users.php', 403],
  ['altercpa', 'altercpaKey', 'GET', '/api/profile/info.json', 200],
  ['altercpa', 'wrong', 'GET', '/api/profile/info.json', 200],
  ['altercpa', 'altercpaKey', 'POST', '/api/profile/notify.json', 200, { leads: true }],
  ['altercpa', 'altercpaKey', 'POST', '/api/profile/notify.json', 200, { leads: 'what' }],
  ['altercpa', 'altercpaKey', 'GET', '/api/auth/session.json', 200],
  ['altercpa', 'none', 'GET', '/api/billing/tariffs.json', 200],
  ['altercpa', 'altercpaKey', 'GET', '/api/billing/timeline.json', 200],
  ['altercpa', 'none', 'POST', '/api/auth/telegram.json', 200, { id: 1, first_name: 'A', auth_date: 1, hash: 'a'.repeat(64) }],
  ['hotspot', 'none', 'POST', '/api/', 200, { 'api-key': '{site}', action: 'create_voucher' }],
  ['hotspot', 'none', 'POST', '/api/', 200, { 'api-key': '{site}', action: 'create_voucher', username: 'twice', download_limit: 5 }],
  ['hotspot', 'none', 'POST', '/api/', 409, { 'api-key': '{site}', action: 'create_voucher', username: 'twice' }],
  ['hotspot', 'none', 'POST', '/api/', 200, { 'api-key': '{site}', action: 'remove_voucher', username: 'twice' }],
  ['hotspot', 'none', 'POST', '/api/', 404, { 'api-key': '{site}', action: 'remove_voucher', username: 'twice' }],
  ['hotspot', 'none', 'POST', '/api/', 200, { 'api-key': '{site}', action: 'get_voucher_users' }],
  ['hotspot', 'none', 'POST', '/api/', 200, { 'api-key': '{site}', action: 'get_active_guests' }],
  ['hotspot', 'none', 'POST', '/api/', 200, { 'api-key': '{site}', action: 'get_logins' }],
  ['hotspot', 'none', 'POST', '/api/', 400, { 'api-key': '{site}', action: 'nonsense' }],
  ['hotspot', 'none', 'POST', '/api/', 401, { action: 'get_logins' }],
  ['hotspot', 'none', 'GET', '/api/?api-key={site}&action=get_logins', 200],
  ['hotspot', 'none', 'GET', '/api/?api-key={site}&action=create_voucher&valid_for=never', 400],
  [
    'native',
    'siteApiKey',
    'POST',
    '/hotspot/v1/sites/1/guests/email',
    201,
    { email: 'g@example.com', mac: '02:00:00:00:00:01', consent_version: '1' },
  ],
  ['native', 'siteApiKey', 'PUT', '/hotspot/v1/sites/1/hosts', 204, { hosts: [] }],
  ['native', 'admin', 'GET', '/admin/v1/users', 200],
  ['native', 'admin', 'GET', '/admin/v1/users/1', 200],
  ['native', 'admin', 'GET', '/admin/v1/users/999', 404],
  ['native', 'admin', 'POST', '/admin/v1/users', 201, { name: 'New', email: 'new@example.com' }],
  ['native', 'admin', 'POST', '/admin/v1/users', 409, { name: 'New', email: 'new@example.com' }],
  ['native', 'admin', 'PATCH', '/admin/v1/users/1', 200, { company: 'Ltd' }],
  ['native', 'admin', 'GET', '/admin/v1/users/1/credentials', 200],
  ['native', 'admin', 'POST', '/admin/v1/users/1/credentials', 201, { kind: 'rest-api', scopes: ['rest-api:read'] }],
  ['native', 'admin', 'POST', '/admin/v1/users/1/credentials', 400, { kind: 'what' }],
  ['native', 'admin', 'GET', '/admin/v1/plans', 200],
  ['native', 'admin', 'GET', '/admin/v1/tariffs', 200],
  ['native', 'admin', 'GET', '/admin/v1/settings', 200],
  ['native', 'admin', 'PATCH', '/admin/v1/settings', 200, { session_hours: 10 }],
  ['native', 'admin', 'GET', '/admin/v1/audit?limit=5', 200],
  ['native', 'admin', 'GET', '/admin/v1/overview', 200],
  ['native', 'admin', 'GET', '/admin/v1/sites', 200],
  ['native', 'admin', 'GET', '/admin/v1/sites/1', 200],
  ['native', 'admin', 'GET', '/admin/v1/sites/1/api-keys', 200],
  ['native', 'admin', 'POST', '/admin/v1/sites/1/nas', 201, { name: 'AP', address: '10.1.2.3' }],
  ['native', 'admin', 'GET', '/admin/v1/sites/1/nas', 200],
  ['native', 'admin', 'POST', '/admin/v1/software', 201, { owner_id: 1, name: 'App', version: '1' }],
  ['native', 'admin', 'GET', '/admin/v1/software', 200],
  ['native', 'admin', 'GET', '/admin/v1/scripts', 200],
  ['native', 'admin', 'POST', '/admin/v1/bans', 201, { address: '198.51.100.9', reason: 'test' }],
  ['native', 'admin', 'GET', '/admin/v1/bans', 200],
  ['native', 'wrong', 'GET', '/admin/v1/users', 401],
  ['native', 'none', 'GET', '/accounts/v1/me', 401],
  ['native', 'none', 'POST', '/accounts/v1/sign-in', 401, { email: 'seller@demo.example', password: 'wrong-password' }],
  ['native', 'none', 'POST', '/accounts/v1/register', 202, { email: 'p@example.com', name: 'P', password: 'long-enough-password' }],
];

it.each(CALLS)('%s: with %s, %s %s answers %d as documented', async (...row: CallRow) => {
  const [name, token, method, target, status, body] = row;
  const fill = (text: string) => text.replace('{licence}', house.demo.licenceKey).replace('{site}', house.demo.siteApiKey);
  const url = new URL(fill(target), house.gatewayUrl);
  const sent = body === undefined ? undefined : fill(JSON.stringify(body));
  const response = await fetch(url, { method, headers: headersFor(token, sent), ...(sent === undefined ? {} : { body: sent }) });
  const text = await response.text();
  expect(`${response.status} ${text}`).toMatch(new RegExp(`^${status} `));
  const reply = {
    method,
    path: url.pathname,
    command: url.searchParams.get('cmd') ?? url.searchParams.get('action') ?? commandOf(body),
    status: response.status,
    type: response.headers.get('content-type')?.split(';')[0],
    body: text === '' ? null : JSON.parse(text),
  };
  expect(readerOf(name).findMistake(reply)).toBeNull();
});

function headersFor(token: Token, body: string | undefined): Record<string, string> {
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  if (token === 'none') return type;
  const secrets: Partial<Record<Token, string>> = { admin: ADMIN_TOKEN, wrong: 'a-token-that-nobody-has' };
  return { ...type, authorization: `Bearer ${secrets[token] ?? String(Reflect.get(house.demo, token))}` };
}

function commandOf(body: object | undefined): string | undefined {
  return body !== undefined && 'action' in body && typeof body.action === 'string' ? body.action : undefined;
}

describe('the pages', () => {
  it('load nothing from anywhere else', async () => {
    const { text, headers } = await house.gateway.get('/docs').expect(200);
    const urls = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(urls.filter((url) => !url.startsWith('/'))).toEqual([]);
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    for (const url of urls) await house.gateway.get(url).expect(200);
  });

  it('start with all documents to choose from', async () => {
    const { text } = await house.gateway.get('/docs/assets/start.js').expect(200);
    for (const name of NAMES) expect(text).toContain(`/openapi/${name}.json`);
  });

  it('show the methods of the Web API, with no script allowed', async () => {
    const { text, headers } = await house.gateway.get('/docs/web-api').expect(200).expect('content-type', /html/);
    expect(text).toContain('setConfiguration');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src/);
  });

  it.each(['/docs/nothing', '/docs/assets/index.html', '/docs/assets/..%2fpackage.json', '/openapi/nothing.json', '/openapi'])(
    'there is nothing at %s',
    async (path) => {
      await house.gateway.get(path).expect(404).expect('content-type', 'application/problem+json');
    },
  );

  it('are only read', async () => {
    await house.gateway.post('/openapi/keys.json').send({}).expect(405).expect('allow', 'GET, HEAD');
    expect((await house.gateway.head('/docs').expect(200)).text).toBeUndefined();
  });

  it('are no part of what a service answers to clients', async () => {
    await house.service.get('/docs.json').expect(404);
  });
});
