import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TestSeller } from './testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from './testing/licensing-app.ts';

/** More with `FUZZ_RUNS`; CI has one run with 250. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 50);

let app: LicensingApp;
let seller: TestSeller;
let ids: Readonly<Record<string, number>>;

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
  const { service } = (await app.call(seller, 'post', '/services', { name: 'Program' })).body;
  // Not the provider of the keys, which one of the bodies may switch off.
  const { provider } = (await app.call(seller, 'post', '/providers', { name: 'Other' })).body;
  const { hwid_ban: ban } = (await app.call(seller, 'post', '/hwid-bans', { hwid: 'evil' })).body;
  ids = { KEY: (await app.createKey(seller)).id, SERVICE: service.id, PROVIDER: provider.id, BAN: ban.id };
});
afterAll(() => app.close());

const BOUNDS = [0, -1, 1, 100, 101, 2_147_483_647, 2_147_483_648, 1.5, 1e21, -0, Number.MAX_SAFE_INTEGER];
const TEXTS = [
  '',
  ' ',
  'x'.repeat(300),
  '\0',
  '\ud800',
  'a\u202eb',
  '12345678901234567',
  '2026-02-30',
  '9999-12-31T23:59:59Z',
  '%_\\',
  "'; --",
];
const odd = fc.oneof(
  fc.constantFrom(...BOUNDS),
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(fc.oneof(fc.constantFrom(...TEXTS), fc.integer()), { maxLength: 5 }),
);

/** Bodies that are near to right: known members, some with odd values, now and then one that is not known. */
function bodies(names: readonly string[]) {
  const record = fc.record(Object.fromEntries(names.map((name) => [name, odd])), { requiredKeys: [] });
  return fc.oneof({ weight: 9, arbitrary: record }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
}

const NEW_KEY =
  'provider_id service_id key_name validity_minutes hwid hwids discord_id is_premium one_time_use hwid_limit no_hwid expiry_on_first_use'.split(
    ' ',
  );
const TARGETS: readonly (readonly [method: 'post' | 'put', path: string, names: readonly string[], base: () => object])[] = [
  ['post', '/keys', NEW_KEY, () => ({ provider_id: seller.providerId })],
  ['post', '/keys/batch', [...NEW_KEY, 'amount'], () => ({ provider_id: seller.providerId, amount: 2 })],
  ['post', '/keys/bulk-delete', ['ids', 'keys'], () => ({ ids: [2_000_000_000] })],
  ['put', '/keys/KEY', [...NEW_KEY.slice(2), 'expires_at', 'is_invalidated'], () => ({})],
  ['post', '/services', ['name', 'description', 'slug', 'is_premium', 'keyless_mode'], () => ({ name: 'x' })],
  ['post', '/providers', ['name', 'is_active', 'key_valid_minutes'], () => ({ name: 'x' })],
  ['put', '/services/SERVICE', ['name', 'description', 'slug', 'is_premium', 'keyless_mode'], () => ({})],
  ['put', '/providers/PROVIDER', ['name', 'is_active', 'key_valid_minutes'], () => ({})],
  ['put', '/hwid-bans/BAN', ['reason', 'expires_at'], () => ({})],
  ['post', '/hwid-bans', ['hwid', 'reason', 'expires_at', 'invalidate_keys'], () => ({ hwid: 'x' })],
  ['post', '/keys/verify', ['key', 'hwid', 'service_id', 'nonce'], () => ({ key: 'x' })],
  ['post', '/sessions', ['key', 'hwid', 'service_id', 'nonce'], () => ({ key: 'x' })],
];

describe('whatever body is sent', () => {
  it.each(TARGETS)('%s %s is never our failure, and a refused one is told which member is wrong', async (method, path, names, base) => {
    await fc.assert(
      fc.asyncProperty(bodies(names), fc.boolean(), async (odds, isNearlyRight) => {
        const isObject = typeof odds === 'object' && odds !== null && !Array.isArray(odds);
        const sent = isNearlyRight && isObject ? { ...base(), ...odds } : odds;
        const request = app.gateway[method](path.replace(/[A-Z]+/, (name) => String(ids[name]))).set('authorization', seller.token);
        const { status, body } = await request.set('content-type', 'application/json').send(JSON.stringify(sent));
        expect([status, body]).toEqual([expect.any(Number), expect.anything()]);
        expect(status).toBeLessThan(500);
        if (status === 400 && isObject) expect(body.details?.[0]?.path ?? body.error).toEqual(expect.any(String));
      }),
      { numRuns: RUNS },
    );
  });

  it('nor whatever query', async () => {
    const names = 'page limit discord_id key hwid service_id provider_id status expires_before expires_after'.split(' ');
    const queries = fc.array(fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...TEXTS, '1', 'active', '-1'), fc.string())), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(queries, async (pairs) => {
        const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(Buffer.from(value).toString())}`).join('&');
        expect((await app.call(seller, 'get', `/keys?${query}`)).status).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
  });
});
