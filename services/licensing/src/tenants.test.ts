import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keysDialectEndpoints } from './create-licensing.ts';
import type { TestSeller } from './testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from './testing/licensing-app.ts';

let app: LicensingApp;
let owner: TestSeller;
let stranger: TestSeller;
let own: { key: string; id: number; service: number; ban: number; hwid: string };

beforeAll(async () => {
  app = await startLicensingApp();
  [owner, stranger] = [await app.createSeller(), await app.createSeller()];
  const { service } = (await app.call(owner, 'post', '/services', { name: 'Program' })).body;
  const { hwid_ban } = (await app.call(owner, 'post', '/hwid-bans', { hwid: 'evil' })).body;
  const key = await app.createKey(owner, { service_id: service.id, hwid: 'machine' });
  own = { key: key.key_value, id: key.id, service: service.id, ban: hwid_ban.id, hwid: 'machine' };
});
afterAll(() => app.close());

const MISSING = { id: 2_000_000_000, key: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ' };

describe('another seller’s rows', () => {
  it('are not found, with the same answer as rows that do not exist', async () => {
    const paths = (ids: { key: string; id: number; service: number; provider: number; ban: number }) =>
      [
        ['get', `/keys/${ids.id}`],
        ['get', `/keys/${ids.key}`],
        ['put', `/keys/${ids.id}`, { key_name: 'mine' }],
        ['put', `/keys/${ids.key}`, { hwids: ['mine'] }],
        ['delete', `/keys/${ids.id}`],
        ['delete', `/keys/${ids.key}`],
        ['post', `/keys/${ids.id}/reset-hwid`],
        ['post', `/keys/${ids.key}/reset-hwid`],
        ['post', '/keys', { provider_id: ids.provider }],
        ['post', '/keys', { provider_id: stranger.providerId, service_id: ids.service }],
        ['post', '/keys/batch', { provider_id: ids.provider, amount: 2 }],
        ['get', `/services/${ids.service}`],
        ['put', `/services/${ids.service}`, { name: 'mine' }],
        ['delete', `/services/${ids.service}?force=true`],
        ['delete', `/services/${ids.service}/keys/expired`],
        ['get', `/providers/${ids.provider}`],
        ['put', `/providers/${ids.provider}`, { name: 'mine' }],
        ['delete', `/providers/${ids.provider}?force=true`],
        ['get', `/hwid-bans/${ids.ban}`],
        ['put', `/hwid-bans/${ids.ban}`, { reason: 'mine' }],
        ['delete', `/hwid-bans/${ids.ban}`],
      ] as const;
    const before = await everything();
    expect(untried(paths({ ...own, provider: owner.providerId }))).toEqual([]);
    const foreign = paths({ ...own, provider: owner.providerId });
    const missing = paths({ key: MISSING.key, id: MISSING.id, service: MISSING.id, provider: MISSING.id, ban: MISSING.id });
    for (const [index, [method, path, body]] of foreign.entries()) {
      const answer = await app.call(stranger, method, path, body);
      const twin = missing[index];
      const expected = await app.call(stranger, method, twin?.[1] ?? '', twin?.[2]);
      expect([path, answer.status, answer.text]).toEqual([path, 404, expected.text]);
    }
    expect(await everything()).toEqual(before);
  });

  it('are in no list and no total, and are not deleted in bulk', async () => {
    for (const query of [
      '',
      `?key=${own.key.slice(0, 6)}`,
      '?hwid=machine',
      `?service_id=${own.service}`,
      `?provider_id=${owner.providerId}`,
    ]) {
      expect((await app.call(stranger, 'get', `/keys${query}`)).body).toMatchObject({ keys: [], pagination: { total: 0 } });
    }
    expect((await app.call(stranger, 'get', '/services')).body.services).toEqual([]);
    expect((await app.call(stranger, 'get', '/hwid-bans')).body.hwid_bans).toEqual([]);
    expect((await app.call(stranger, 'get', '/providers')).body.providers).toHaveLength(1);
    const deleted = await app.call(stranger, 'post', '/keys/bulk-delete', { ids: [own.id], keys: [own.key] });
    expect(deleted.body).toEqual({ deleted: 0, not_found: [own.id, own.key] });
  });

  it('an HWID ban of one seller does not touch the keys of another', async () => {
    await app.call(stranger, 'post', '/hwid-bans', { hwid: own.hwid, invalidate_keys: true });
    expect((await app.verify({ key: own.key, hwid: own.hwid })).body.code).toBe('KEY_VALID');
  });
});

/** Endpoints for sellers that take an id or a value in their path, and that none of the calls reaches. */
function untried(calls: readonly (readonly [method: string, path: string, body?: object])[]): string[] {
  const endpoints = keysDialectEndpoints(app.deps).filter(
    ({ admit, path }) => admit.scheme === 'rest-api key' && String(path).includes(':'),
  );
  const reaches = ([method, path]: readonly [string, string, object?], endpoint: (typeof endpoints)[number]) =>
    endpoint.method === method.toUpperCase() &&
    new RegExp(`^${String(endpoint.path).replace(/:\w+/g, '[^/]+')}$`).test(path.split('?')[0] ?? '');
  expect(endpoints.length).toBeGreaterThan(10);
  return endpoints.filter((endpoint) => !calls.some((call) => reaches(call, endpoint))).map(({ method, path }) => `${method} ${path}`);
}

async function everything() {
  const { prisma } = app.deps.db;
  return [
    await prisma.licenceKey.findMany(),
    await prisma.service.findMany(),
    await prisma.provider.findMany(),
    await prisma.hwidBan.findMany(),
  ];
}
