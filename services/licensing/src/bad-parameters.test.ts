import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from './testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from './testing/licensing-app.ts';

/** What each kind of member must not be, beside null where it is not nullable. */
const ID = { wrong: [0, -1, 1.5, 2_147_483_648, 1e21, '1', '', true, [], [1], {}] };
const COUNT = { wrong: [-1, 1.5, 2_147_483_648, '5', '', false, [], {}] };
const FLAG = { wrong: [null, 0, 1, 'true', '', [], {}] };
const TEXT = { wrong: [1, true, [], ['a'], {}, 'a\0b', 'a\nb', '\u001b', 'x'.repeat(256)] };
const DISCORD_ID = { wrong: [1234567890123456, '', '1234567890123456', '12345678901234567890', '1234567890123456x', [], {}] };
const TIME = { wrong: [0, '', 'tomorrow', '2026-02-30', '2026-01-01T25:00:00Z', true, [], {}] };
const TEXTS = { wrong: [null, 'a', {}, [1], [''], ['a', 'a'], ['a\0'], Array.from({ length: 101 }, (_, n) => `h${n}`)] };

type Kind = { readonly wrong: readonly unknown[] };
const needed = ({ wrong }: Kind): Kind => ({ wrong: [...wrong, null, undefined] });

const FLAGS = { is_premium: FLAG, one_time_use: FLAG, no_hwid: FLAG, expiry_on_first_use: FLAG };
const NEW_KEY = {
  provider_id: needed(ID),
  service_id: ID,
  key_name: TEXT,
  validity_minutes: COUNT,
  hwid: { wrong: [...TEXT.wrong, ''] },
  hwids: TEXTS,
  discord_id: DISCORD_ID,
  hwid_limit: COUNT,
  ...FLAGS,
};
const SERVICE = {
  name: { wrong: [...TEXT.wrong, '', null] },
  description: { wrong: [1, true, [], {}, 'a\0b', 'x'.repeat(2001)] },
  slug: { wrong: ['', 'A', '-a', 'a-', 'a b', 'x'.repeat(65), 1, null, [], {}] },
  is_premium: FLAG,
  keyless_mode: FLAG,
};
const PROVIDER = { name: SERVICE.name, is_active: FLAG, key_valid_minutes: COUNT };
const BAN = { reason: { wrong: [1, true, [], {}, 'a\0', 'x'.repeat(501)] }, expires_at: TIME };
const QUESTION = {
  key: needed({ wrong: [1, true, [], {}, '', 'a\0'] }),
  hwid: { wrong: [1, true, [], {}, 'a\0', 'x'.repeat(256)] },
  service_id: ID,
  nonce: { wrong: [1, true, [], {}, 'a\0', 'x'.repeat(1000)] },
};

interface Target {
  readonly method: 'post' | 'put';
  readonly path: string;
  readonly members: Readonly<Record<string, Kind>>;
}

const TARGETS: readonly Target[] = [
  { method: 'post', path: '/keys', members: NEW_KEY },
  { method: 'post', path: '/keys/batch', members: { ...NEW_KEY, amount: needed({ wrong: [0, 101, -1, 1.5, '2', true, [], {}] }) } },
  {
    method: 'put',
    path: '/keys/KEY',
    members: {
      key_name: TEXT,
      validity_minutes: COUNT,
      expires_at: TIME,
      hwids: TEXTS,
      discord_id: DISCORD_ID,
      hwid_limit: COUNT,
      is_invalidated: FLAG,
      ...FLAGS,
    },
  },
  {
    method: 'post',
    path: '/keys/bulk-delete',
    members: {
      ids: { wrong: [null, 1, '1', {}, ['1'], [0], [1.5], [2_147_483_648]] },
      keys: { wrong: [null, 'a', {}, [1], [''], ['a\0']] },
    },
  },
  { method: 'post', path: '/services', members: { ...SERVICE, name: needed(SERVICE.name) } },
  { method: 'put', path: '/services/SERVICE', members: SERVICE },
  { method: 'post', path: '/providers', members: { ...PROVIDER, name: needed(PROVIDER.name) } },
  { method: 'put', path: '/providers/PROVIDER', members: PROVIDER },
  { method: 'post', path: '/hwid-bans', members: { ...BAN, hwid: needed({ wrong: [...TEXT.wrong, ''] }), invalidate_keys: FLAG } },
  { method: 'put', path: '/hwid-bans/BAN', members: BAN },
  { method: 'post', path: '/keys/verify', members: QUESTION },
  { method: 'post', path: '/sessions', members: QUESTION },
];

describe('a member that is wrong in any way is refused by name', () => {
  let app: LicensingApp;
  let seller: TestSeller;
  let ids: Readonly<Record<string, number>>;
  let right: Readonly<Record<string, object>>;

  beforeAll(async () => {
    app = await startLicensingApp();
    seller = await app.createSeller();
    const key = await app.createKey(seller);
    const { service } = (await app.call(seller, 'post', '/services', { name: 'Program' })).body;
    const { hwid_ban: ban } = (await app.call(seller, 'post', '/hwid-bans', { hwid: 'evil' })).body;
    ids = { KEY: key.id, SERVICE: service.id, PROVIDER: seller.providerId, BAN: ban.id };
    const newKey = { provider_id: seller.providerId };
    right = {
      '/keys': newKey,
      '/keys/batch': { ...newKey, amount: 1 },
      '/keys/bulk-delete': { ids: [2_000_000_000] },
      '/services': { name: 'Other' },
      '/providers': { name: 'Other' },
      '/hwid-bans': { hwid: 'other' },
      '/keys/verify': { key: key.key_value },
      '/sessions': { key: key.key_value },
    };
  });
  afterAll(() => app.close());

  it.each(TARGETS)('$method $path', async ({ method, path, members }) => {
    const realPath = path.replace(/[A-Z]+/, (name) => String(ids[name]));
    const cases = Object.entries({ ...members, no_such_member: { wrong: [1, null, 'a'] } }).flatMap(([name, { wrong }]) =>
      wrong.map((value) => [name, value] as const),
    );
    const told: string[] = [];
    const expected: string[] = [];
    for (const [name, value] of cases) {
      const { status, body } = await app.call(seller, method, realPath, { ...right[path], [name]: value });
      const named = body?.details?.map((detail: { path: string }) => detail.path.split('.')[0]) ?? [];
      const about = (outcome: string) => `${name}=${JSON.stringify(value)?.slice(0, 40)}: ${outcome}`;
      told.push(about(`${status} ${body?.code} ${[...new Set(named)]}`));
      expected.push(about(`400 INVALID_PARAM ${name}`));
    }
    expect(told).toEqual(expected);
  });
});
