import { type Database, Prisma } from '@gatehouse/db';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';
import { deleteKeys } from './change-key-repository.ts';
import { createKeys } from './create-keys.ts';

let app: LicensingApp;
let seller: TestSeller;

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
});
afterAll(() => app.close());

const MINUTE_MS = 60_000;

describe('credentials', () => {
  it('the bare key and Bearer both open the API; no key, a wrong one and one in the query do not', async () => {
    expect((await app.gateway.get('/keys').set('authorization', seller.token)).status).toBe(200);
    expect((await app.call(seller, 'get', '/keys')).status).toBe(200);
    for (const answer of [
      await app.call(null, 'get', '/keys'),
      await app.call({ ...seller, token: 'rk_unknown' }, 'get', '/keys'),
      await app.gateway.get(`/keys?access_token=${seller.token}&api_key=${seller.token}`),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ code: 'UNAUTHORIZED', error: expect.any(String) });
    }
  });

  it('a read key reads, a write key writes, and neither does the other', async () => {
    const reader = await app.createSeller(['rest-api:read']);
    const writer = await app.createSeller(['rest-api:write']);
    expect((await app.call(reader, 'get', '/keys')).status).toBe(200);
    expect((await app.call(reader, 'post', '/keys', { provider_id: reader.providerId })).body.code).toBe('FORBIDDEN');
    expect((await app.call(writer, 'post', '/keys', { provider_id: writer.providerId })).status).toBe(201);
    expect((await app.call(writer, 'get', '/keys')).status).toBe(403);
  });

  it('a banned or inactive account is refused at once', async () => {
    const other = await app.createSeller();
    await app.call(other, 'get', '/keys');
    await app.deps.db.prisma.user.update({ where: { id: other.id }, data: { isActive: false } });
    await app.deps.versions.touch([`user:${other.id}`]);
    expect((await app.call(other, 'get', '/keys')).body.code).toBe('ACCOUNT_INACTIVE');
  });
});

describe('POST /keys', () => {
  it('makes the whole key object, which reads back the same by id and by value', async () => {
    const made = await app.createKey(seller, {
      validity_minutes: 60,
      hwid: 'H1',
      hwids: ['H1', 'H2'],
      key_name: 'Ann',
      discord_id: '123456789012345678',
      hwid_limit: 2,
      is_premium: true,
    });
    const now = app.clock();
    expect(made).toEqual({
      id: made.id,
      key_value: expect.stringMatching(/^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$/),
      user_id: seller.id,
      service_id: null,
      provider_id: seller.providerId,
      expires_at: new Date(now.getTime() + 60 * MINUTE_MS).toISOString(),
      used_at: null,
      is_premium: true,
      is_invalidated: false,
      one_time_use: false,
      expiry_on_first_use: false,
      validity_minutes: 60,
      no_hwid: false,
      key_name: 'Ann',
      hwid_limit: 2,
      discord_id: '123456789012345678',
      created_at: now.toISOString(),
      service_name: null,
      provider_name: 'Shop',
      hwids: [
        { hwid: 'H1', bound_at: now.toISOString(), bound_by: 'api' },
        { hwid: 'H2', bound_at: now.toISOString(), bound_by: 'api' },
      ],
      status: 'unused',
    });
    expect((await app.call(seller, 'get', `/keys/${made.id}`)).body).toEqual({ key: made });
    expect((await app.call(seller, 'get', `/keys/${made.key_value}`)).body).toEqual({ key: made });
  });

  it.each([
    [{ validity_minutes: null }, null],
    [{ validity_minutes: 0 }, null],
    [{}, null],
    [{ validity_minutes: 5, expiry_on_first_use: true }, null],
  ])('%j does not expire yet', async (fields, expiresAt) => {
    expect((await app.createKey(seller, fields)).expires_at).toBe(expiresAt);
  });

  it('takes the validity of its provider when none is sent, and refuses a provider that is switched off', async () => {
    const { body } = await app.call(seller, 'post', '/providers', { name: 'Week', key_valid_minutes: 10 });
    const key = await app.createKey(seller, { provider_id: body.provider.id });
    expect(key.validity_minutes).toBe(10);
    await app.call(seller, 'put', `/providers/${body.provider.id}`, { is_active: false });
    expect((await app.call(seller, 'post', '/keys', { provider_id: body.provider.id })).body.code).toBe('CONFLICT');
  });

  it('more HWIDs than the limit are refused by name', async () => {
    const answer = await app.call(seller, 'post', '/keys', { provider_id: seller.providerId, hwids: ['a', 'b'], hwid_limit: 1 });
    expect(answer.status).toBe(400);
    expect(answer.body.details).toEqual([{ path: 'hwids', message: expect.any(String) }]);
  });

  it('a value that is taken is drawn again', async () => {
    const taken = await app.createKey(seller);
    const draws = [taken.key_value, 'AAAA-BBBB-CCCC-0001', taken.key_value, 'AAAA-BBBB-CCCC-0002'];
    const body = { provider_id: seller.providerId, is_premium: false, one_time_use: false, expiry_on_first_use: false, no_hwid: false };
    const drawValue = () => draws.shift() ?? 'AAAA-BBBB-CCCC-0003';
    const made = await createKeys(app.deps.db, { userId: seller.id, amount: 2, body, now: app.clock(), drawValue });
    expect(made.map(({ keyValue }) => keyValue).sort()).toEqual(['AAAA-BBBB-CCCC-0001', 'AAAA-BBBB-CCCC-0002']);
  });
});

describe('POST /keys/batch', () => {
  it('makes exactly as many different keys as asked', async () => {
    const { body, status } = await app.call(seller, 'post', '/keys/batch', { provider_id: seller.providerId, amount: 100, hwid: 'same' });
    expect(status).toBe(201);
    expect(new Set(body.keys.map((key: { key_value: string }) => key.key_value)).size).toBe(100);
    expect(body.keys[99].hwids).toHaveLength(1);
  });

  it('makes none when the order cannot be filled', async () => {
    const before = await app.deps.db.prisma.licenceKey.count();
    expect((await app.call(seller, 'post', '/keys/batch', { provider_id: 999_999, amount: 5 })).status).toBe(404);
    expect((await app.call(seller, 'post', '/keys/batch', { provider_id: seller.providerId, amount: 101 })).status).toBe(400);
    expect(await app.deps.db.prisma.licenceKey.count()).toBe(before);
  });
});

describe('however many keys', () => {
  /** The database, and how many statements of each kind it was asked for. */
  function counting(): { db: Database; statements: string[] } {
    const statements: string[] = [];
    const { db } = app.deps;
    const note = (strings: TemplateStringsArray | Prisma.Sql, values: unknown[]) => {
      const { sql } = 'raw' in strings ? Prisma.sql(strings, ...values) : strings;
      statements.push(/\b(INSERT|UPDATE|DELETE|SELECT)\b/.exec(sql)?.[0] ?? sql);
    };
    return {
      statements,
      db: {
        ...db,
        query: (strings, ...values) => {
          note(strings, values);
          return db.query(strings, ...values);
        },
        execute: (strings, ...values) => {
          note(strings, values);
          return db.execute(strings, ...values);
        },
      },
    };
  }

  it('100 are made by one statement, with their HWIDs, and 1000 are deleted by one', async () => {
    const { db, statements } = counting();
    const body = {
      provider_id: seller.providerId,
      hwid: 'x',
      is_premium: false,
      one_time_use: false,
      expiry_on_first_use: false,
      no_hwid: false,
    };
    const order = { userId: seller.id, amount: 100, body, now: app.clock() };
    const made = await createKeys(db, order);
    // What the keys are made for is read before.
    expect(statements).toEqual(['SELECT', 'INSERT']);
    for (let batch = 1; batch < 10; batch += 1) made.push(...(await createKeys(app.deps.db, order)));
    const deleted = await deleteKeys(db, seller.id, {
      ids: made.slice(0, 500).map(({ id }) => id),
      values: made.slice(500).map((key) => key.keyValue),
    });
    expect([deleted.length, ...statements.slice(2)]).toEqual([1000, 'DELETE']);
  });
});

describe('POST /keys/bulk-delete', () => {
  it('deletes by id and value in one go and says what was not there', async () => {
    const [a, b] = [await app.createKey(seller), await app.createKey(seller)];
    const { body } = await app.call(seller, 'post', '/keys/bulk-delete', {
      ids: [a.id, 2_147_483_647],
      keys: [b.key_value, a.key_value, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'],
    });
    expect(body).toEqual({ deleted: 2, not_found: [2_147_483_647, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'] });
  });

  it.each([{}, { ids: [] }, { ids: Array.from({ length: 600 }, (_, i) => i + 1), keys: Array.from({ length: 401 }, (_, i) => `k${i}`) }])(
    'fewer than 1 or more than 1000 are refused',
    async (body) => {
      expect((await app.call(seller, 'post', '/keys/bulk-delete', body)).body.code).toBe('INVALID_PARAM');
    },
  );
});

describe('PUT /keys/{keyId}', () => {
  it('changes what is sent, leaves the rest and answers 200 without a body', async () => {
    const key = await app.createKey(seller, { key_name: 'old', validity_minutes: 60 });
    const answer = await app.call(seller, 'put', `/keys/${key.id}`, { is_invalidated: true, key_name: null });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).body.key).toEqual({
      ...key,
      is_invalidated: true,
      key_name: null,
      status: 'invalidated',
    });
  });

  it('validity counts from now, from the first use of a key that waits for it, and an explicit date wins', async () => {
    const expiry = async (fields: object, change: object) => {
      const key = await app.createKey(seller, fields);
      await app.call(seller, 'put', `/keys/${key.id}`, change);
      return (await app.call(seller, 'get', `/keys/${key.id}`)).body.key.expires_at;
    };
    const inMinutes = (minutes: number) => new Date(app.clock().getTime() + minutes * MINUTE_MS).toISOString();
    expect(await expiry({}, { validity_minutes: 5 })).toBe(inMinutes(5));
    expect(await expiry({ validity_minutes: 5 }, { validity_minutes: null })).toBeNull();
    expect(await expiry({ validity_minutes: 5, expiry_on_first_use: true }, { validity_minutes: 9 })).toBeNull();
    expect(await expiry({ validity_minutes: 5 }, { expiry_on_first_use: true })).toBeNull();
    expect(await expiry({ validity_minutes: 5, expiry_on_first_use: true }, { expiry_on_first_use: false })).toBe(inMinutes(5));
    expect(await expiry({}, { validity_minutes: 5, expires_at: '2030-01-01T00:00:00Z' })).toBe('2030-01-01T00:00:00.000Z');
    expect(await expiry({ validity_minutes: 5 }, { expires_at: null })).toBeNull();
    expect(await expiry({ validity_minutes: 5 }, { is_premium: true })).toBe(inMinutes(5));
  });

  it('hwids replaces them all, keeps the date of those that stay, and answers them', async () => {
    const key = await app.createKey(seller, { hwids: ['a', 'b'], hwid_limit: 2 });
    const bound = app.clock().toISOString();
    app.clock.advance(1000);
    const answer = await app.call(seller, 'put', `/keys/${key.id}`, { hwids: ['b', 'c'] });
    expect(answer.body).toEqual({
      hwids: [
        { hwid: 'b', bound_at: bound, bound_by: 'api' },
        { hwid: 'c', bound_at: app.clock().toISOString(), bound_by: 'manual' },
      ],
    });
    const tooMany = await app.call(seller, 'put', `/keys/${key.id}`, { hwids: ['a', 'b', 'c'], key_name: 'not kept' });
    expect(tooMany.body.details[0].path).toBe('hwids');
    const read = (await app.call(seller, 'get', `/keys/${key.id}`)).body.key;
    expect([read.key_name, read.hwids.length]).toEqual([null, 2]);
  });
});

describe('DELETE and reset', () => {
  it('a deleted key is gone, by id and by value', async () => {
    const key = await app.createKey(seller, { hwid: 'x' });
    const answer = await app.call(seller, 'delete', `/keys/${key.key_value}`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).body).toEqual({ error: 'Key not found', code: 'NOT_FOUND' });
    expect((await app.call(seller, 'delete', `/keys/${key.id}`)).status).toBe(404);
  });

  it('reset-hwid unbinds all and makes room again', async () => {
    const key = await app.createKey(seller, { hwids: ['a', 'b'], hwid_limit: 2 });
    expect((await app.call(seller, 'post', `/keys/${key.id}/reset-hwid`)).body).toEqual({ reset: 2 });
    expect((await app.verify({ key: key.key_value, hwid: 'c' })).body.code).toBe('KEY_VALID');
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).body.key.hwids).toMatchObject([{ hwid: 'c', bound_by: 'verify' }]);
  });
});

describe('paths', () => {
  it.each([
    ['delete', '/keys', 'GET, HEAD, POST'],
    ['get', '/keys/batch', 'POST'],
    ['get', '/keys/verify', 'POST'],
    ['post', '/keys/1', 'GET, HEAD, PUT, DELETE'],
  ] as const)('%s %s is the wrong method and says the right ones', async (method, path, allow) => {
    const answer = await app.call(seller, method, path);
    expect([answer.status, answer.body.code, answer.headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', allow]);
  });

  it('an id that no row can have is a wrong parameter, a value that no key can have is not found', async () => {
    expect((await app.call(seller, 'get', '/keys/0')).body.details[0].path).toBe('keyId');
    expect((await app.call(seller, 'get', '/keys/99999999999')).status).toBe(400);
    expect((await app.call(seller, 'get', '/keys/nonsense')).body).toEqual({ error: 'Key not found', code: 'NOT_FOUND' });
    expect((await app.call(seller, 'get', '/keys/%00')).status).toBe(400);
  });
});
