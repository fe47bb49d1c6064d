import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';

let app: LicensingApp;
let seller: TestSeller;

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
});
afterAll(() => app.close());

describe('/services', () => {
  it('are made, listed newest first, read, changed and deleted', async () => {
    const { status, body } = await app.call(seller, 'post', '/services', { name: 'Träume & Co.', is_premium: true });
    const { service } = body;
    expect([status, service]).toEqual([
      201,
      {
        id: service.id,
        name: 'Träume & Co.',
        description: null,
        is_premium: true,
        keyless_mode: false,
        slug: 'traume-co',
        created_at: app.clock().toISOString(),
      },
    ]);
    const second = (await app.call(seller, 'post', '/services', { name: 'Träume & Co.' })).body.service;
    expect(second.slug).toBe('traume-co-2');
    const list = (await app.call(seller, 'get', '/services?limit=1')).body;
    expect(list).toEqual({ services: [second], pagination: { page: 1, limit: 1, total: 2, pages: 2 } });
    const changed = await app.call(seller, 'put', `/services/${service.id}`, { description: 'two\nlines', keyless_mode: true });
    expect([changed.status, changed.text]).toEqual([200, '']);
    expect((await app.call(seller, 'get', `/services/${service.id}`)).body).toEqual({
      service: { ...service, description: 'two\nlines', keyless_mode: true },
    });
    expect((await app.call(seller, 'delete', `/services/${service.id}`)).status).toBe(200);
    expect((await app.call(seller, 'get', `/services/${service.id}`)).body).toEqual({ error: 'Service not found', code: 'NOT_FOUND' });
  });

  it('a slug that is taken is a conflict, when made and when changed', async () => {
    const make = async (slug: string) => app.call(seller, 'post', '/services', { name: 'x', slug });
    const [one, two] = [await make('one'), await make('two')];
    expect((await make('one')).body.code).toBe('CONFLICT');
    expect((await app.call(seller, 'put', `/services/${two.body.service.id}`, { slug: 'one' })).body.code).toBe('CONFLICT');
    expect((await app.call(seller, 'put', `/services/${one.body.service.id}`, { slug: 'one' })).status).toBe(200);
  });

  it('expired keys are deleted, and no others', async () => {
    const { service } = (await app.call(seller, 'post', '/services', { name: 'Expiry' })).body;
    const expired = await app.createKey(seller, { service_id: service.id, validity_minutes: 1 });
    const good = await app.createKey(seller, { service_id: service.id, validity_minutes: 2 });
    app.clock.advance(60_000);
    expect((await app.call(seller, 'delete', `/services/${service.id}/keys/expired`)).body).toEqual({ deleted: 1 });
    expect((await app.call(seller, 'get', `/keys/${expired.id}`)).status).toBe(404);
    expect((await app.call(seller, 'get', `/keys/${good.id}`)).status).toBe(200);
  });
});

describe('/providers', () => {
  it('are made, listed, read and changed', async () => {
    const { provider } = (await app.call(seller, 'post', '/providers', { name: 'Reseller', key_valid_minutes: 60 })).body;
    expect(provider).toEqual({ id: provider.id, name: 'Reseller', is_active: true, key_valid_minutes: 60 });
    await app.call(seller, 'put', `/providers/${provider.id}`, { is_active: false, key_valid_minutes: null });
    expect((await app.call(seller, 'get', `/providers/${provider.id}`)).body).toEqual({
      provider: { ...provider, is_active: false, key_valid_minutes: null },
    });
    expect((await app.call(seller, 'get', '/providers')).body.providers[0].id).toBe(provider.id);
  });
});

describe.each(['provider', 'service'] as const)('a %s with keys', (kind) => {
  it('is not deleted unless forced, and then its keys go with it, even under an Idempotency-Key', async () => {
    const { body } = await app.call(seller, 'post', `/${kind}s`, { name: 'Parent' });
    const id: number = body[kind].id;
    const key = await app.createKey(seller, { [`${kind}_id`]: id });
    const refused = await app.gateway
      .delete(`/${kind}s/${id}`)
      .set('authorization', seller.token)
      .set('idempotency-key', `refused-${kind}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    expect((await app.call(seller, 'delete', `/${kind}s/${id}?force=maybe`)).body.details[0].path).toBe('force');
    expect((await app.call(seller, 'delete', `/${kind}s/${id}?force=true`)).status).toBe(200);
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).status).toBe(404);
  });
});

describe('/hwid-bans', () => {
  it('invalidate the keys of the machine when told to', async () => {
    const key = await app.createKey(seller, { hwid: 'bad' });
    const { status, body } = await app.call(seller, 'post', '/hwid-bans', { hwid: 'bad', reason: 'shared', invalidate_keys: true });
    expect([status, body]).toEqual([
      201,
      {
        hwid_ban: { id: body.hwid_ban.id, hwid: 'bad', reason: 'shared', expires_at: null, created_at: app.clock().toISOString() },
        invalidated: 1,
      },
    ]);
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).body.key.status).toBe('invalidated');
    expect((await app.call(seller, 'post', '/hwid-bans', { hwid: 'bad' })).body.code).toBe('CONFLICT');
  });

  it('run out, can be renewed, changed and lifted', async () => {
    const expires_at = new Date(app.clock().getTime() + 1000).toISOString();
    const { hwid_ban } = (await app.call(seller, 'post', '/hwid-bans', { hwid: 'short', expires_at })).body;
    const key = await app.createKey(seller);
    const code = async () => (await app.verify({ key: key.key_value, hwid: 'short' })).body.code;
    expect(await code()).toBe('HWID_BANNED');
    app.clock.advance(1000);
    expect(await code()).toBe('KEY_VALID');
    expect((await app.call(seller, 'post', '/hwid-bans', { hwid: 'short' })).status).toBe(201);
    expect(await code()).toBe('HWID_BANNED');
    expect((await app.call(seller, 'put', `/hwid-bans/${hwid_ban.id}`, { reason: 'why' })).status).toBe(200);
    expect((await app.call(seller, 'get', `/hwid-bans/${hwid_ban.id}`)).body.hwid_ban).toMatchObject({ reason: 'why', expires_at: null });
    expect((await app.call(seller, 'delete', `/hwid-bans/${hwid_ban.id}`)).status).toBe(200);
    expect(await code()).toBe('KEY_VALID');
  });

  it('are listed by limit and offset', async () => {
    const list = (await app.call(seller, 'get', '/hwid-bans?limit=500&offset=1')).body;
    expect(list.pagination).toEqual({ limit: 500, offset: 1, total: list.hwid_bans.length + 1 });
    expect((await app.call(seller, 'get', '/hwid-bans?limit=501')).body.details[0].path).toBe('limit');
  });
});
