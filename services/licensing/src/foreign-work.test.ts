import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from './testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from './testing/licensing-app.ts';

interface Names {
  readonly key: string;
  readonly id: number;
  readonly service: number;
  readonly provider: number;
  readonly ban: number;
}

type Call = readonly [method: 'get' | 'post' | 'put' | 'delete', path: (names: Names) => string, body?: (names: Names) => object];

const SAMPLE: Names = { key: 'KEY', id: 1, service: 2, provider: 3, ban: 4 };

const CALLS: readonly Call[] = [
  ['get', ({ id }) => `/keys/${id}`],
  ['get', ({ key }) => `/keys/${key}`],
  ['put', ({ id }) => `/keys/${id}`, () => ({ key_name: 'mine' })],
  ['put', ({ key }) => `/keys/${key}`, () => ({ hwids: ['mine'] })],
  ['delete', ({ id }) => `/keys/${id}`],
  ['delete', ({ key }) => `/keys/${key}`],
  ['post', ({ id }) => `/keys/${id}/reset-hwid`],
  ['post', ({ key }) => `/keys/${key}/reset-hwid`],
  ['post', () => '/keys', ({ provider }) => ({ provider_id: provider })],
  ['post', () => '/keys/batch', ({ provider, service }) => ({ provider_id: provider, service_id: service, amount: 2 })],
  ['post', () => '/keys/bulk-delete', ({ id, key }) => ({ ids: [id], keys: [key] })],
  ['get', ({ service }) => `/keys?service_id=${service}`],
  ['get', ({ provider }) => `/keys?provider_id=${provider}`],
  ['get', ({ provider, service }) => `/keys?provider_id=${provider}&service_id=${service}`],
  ['get', ({ service }) => `/keys?service_id=${service}&status=expired`],
  ['get', ({ service }) => `/keys?service_id=${service}&key=a`],
  ['get', ({ provider }) => `/keys?provider_id=${provider}&discord_id=12345678901234567`],
  ['get', ({ service }) => `/services/${service}`],
  ['put', ({ service }) => `/services/${service}`, () => ({ name: 'mine' })],
  ['delete', ({ service }) => `/services/${service}`],
  ['delete', ({ service }) => `/services/${service}?force=true`],
  ['delete', ({ service }) => `/services/${service}/keys/expired`],
  ['get', ({ provider }) => `/providers/${provider}`],
  ['put', ({ provider }) => `/providers/${provider}`, () => ({ name: 'mine' })],
  ['delete', ({ provider }) => `/providers/${provider}`],
  ['delete', ({ provider }) => `/providers/${provider}?force=true`],
  ['get', ({ ban }) => `/hwid-bans/${ban}`],
  ['put', ({ ban }) => `/hwid-bans/${ban}`, () => ({ reason: 'mine' })],
  ['delete', ({ ban }) => `/hwid-bans/${ban}`],
];

// The database's own count of rows that it reads is of one connection: only the embedded database has just one.
const describeOnEmbedded = process.env.TEST_DATABASE_URL ? describe.skip : describe;

describeOnEmbedded('the work done for another seller’s id or value', () => {
  let app: LicensingApp;
  let stranger: TestSeller;
  let foreign: Names;
  const missing: Names = {
    key: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ',
    id: 2_000_000_000,
    service: 2_000_000_000,
    provider: 2_000_000_000,
    ban: 2_000_000_000,
  };

  beforeAll(async () => {
    app = await startLicensingApp();
    const owner = await app.createSeller();
    stranger = await app.createSeller();
    const { service } = (await app.call(owner, 'post', '/services', { name: 'Program' })).body;
    const { hwid_ban } = (await app.call(owner, 'post', '/hwid-bans', { hwid: 'evil' })).body;
    const many = { provider_id: owner.providerId, service_id: service.id, amount: 100, validity_minutes: 1 };
    for (let batch = 0; batch < 5; batch += 1) await app.call(owner, 'post', '/keys/batch', many);
    const key = await app.createKey(owner, { service_id: service.id, hwid: 'machine' });
    foreign = { key: key.key_value, id: key.id, service: service.id, provider: owner.providerId, ban: hwid_ban.id };
    for (let own = 0; own < 3; own += 1) await app.createKey(stranger);
    await app.deps.db.execute`ANALYZE`;
    // Small tables would be read from end to end whatever is asked.
    await app.deps.db.execute`SET enable_seqscan = off`;
  });
  afterAll(() => app.close());

  it.each(CALLS.map((call) => [`${call[0]} ${call[1](SAMPLE)}`, call] as const))(
    '%s reads no more rows than for one that does not exist',
    async (_, [method, path, body]) => {
      const work = async (names: Names) => {
        const before = await rowsRead();
        const { status } = await app.call(stranger, method, path(names), body?.(names));
        return { status, rows: (await rowsRead()) - before };
      };
      await work(missing);
      const [expected, found] = [await work(missing), await work(foreign)];
      expect(found.status).toBe(expected.status);
      // The row itself may be found, to see whose it is.
      expect(found.rows - expected.rows).toBeLessThanOrEqual(2);
    },
  );

  it('the rows of one’s own are counted, so that the figures mean something', async () => {
    const before = await rowsRead();
    await app.call(stranger, 'get', '/keys');
    expect((await rowsRead()) - before).toBeGreaterThanOrEqual(3);
  });

  /** Rows that the connection has read so far, by tables and by indexes. */
  async function rowsRead(): Promise<number> {
    const { db } = app.deps;
    await db.query`SELECT pg_stat_force_next_flush()::text`;
    const [row] = await db.query<{ rows: number }>`
      SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int
        + (SELECT sum(idx_tup_read)::int FROM pg_stat_user_indexes WHERE relname IN ('licence_keys', 'key_hwids')) AS rows
      FROM pg_stat_user_tables WHERE relname IN ('licence_keys', 'key_hwids', 'services', 'providers', 'hwid_bans')`;
    return row?.rows ?? 0;
  }
});
