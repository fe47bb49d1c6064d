import { type Database, Prisma } from '@gatehouse/db';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';
import type { KeyFilter } from './key-filter.ts';
import { listKeys } from './list-keys-repository.ts';

let app: LicensingApp;
let seller: TestSeller;

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
  for (let batch = 0; batch < 5; batch += 1) {
    await app.call(seller, 'post', '/keys/batch', {
      provider_id: seller.providerId,
      amount: 100,
      hwid: `machine-${batch}`,
      validity_minutes: 60,
    });
  }
  // Half of them expired, all over the year: otherwise an index of those few that are would do as well.
  await app.deps.db.execute`UPDATE licence_keys SET expires_at = ${NOW}::timestamptz + make_interval(days => id % 365 - 180)`;
  await app.deps.db.execute`ANALYZE`;
});
afterAll(() => app.close());

const NOW = new Date();
const NONE = {
  discordId: null,
  keyPart: null,
  hwidPart: null,
  serviceId: null,
  providerId: null,
  status: null,
  expiresBefore: null,
  expiresAfter: null,
};

/** The plan of the statement that a list is read by, where sequential scans are only taken when there is no other way. */
async function planOf(filter: Partial<KeyFilter>): Promise<string> {
  let plan = '';
  await app.deps.db.tx(async (tx) => {
    await tx.execute`SET LOCAL enable_seqscan = off`;
    const explaining: Database = {
      ...tx,
      async query(strings, ...values) {
        const statement = 'raw' in strings ? Prisma.sql(strings, ...values) : strings;
        const rows = await tx.query<Record<'QUERY PLAN', string>>`EXPLAIN ${statement}`;
        plan += rows.map((row) => row['QUERY PLAN']).join('\n');
        return [];
      },
    };
    await listKeys(explaining, { userId: seller.id, filter: { ...NONE, ...filter }, page: 1, limit: 50, now: NOW });
  });
  return plan;
}

describe('the plan of a list', () => {
  it.each<[string, Partial<KeyFilter>, RegExp]>([
    ['all', {}, /licence_keys_user_id_id_idx|licence_keys_pkey/],
    ['a status', { status: 'expired' }, /licence_keys_bucket_idx/],
    ['an expiry', { expiresBefore: NOW }, /licence_keys_bucket_idx/],
    ['a part of the key', { keyPart: 'ABCD' }, /licence_keys_key_value_trgm/],
    ['a part of an HWID', { hwidPart: 'zzzz' }, /key_hwids_folded_trgm/],
    ['two characters of a key', { keyPart: 'AB' }, /key_part_counts_pkey[\s\S]*licence_keys_user_id_id_idx|licence_keys_pkey/],
    ['two characters of an HWID', { hwidPart: 'ab' }, /key_part_counts_pkey[\s\S]*key_hwids_user_id_key_id_idx/],
    ['a provider and a service', { providerId: 1, serviceId: 1 }, /licence_keys_provider_id_service_id_id_idx/],
    ['a Discord user', { discordId: '12345678901234567' }, /licence_keys_user_id_discord_id_id_idx/],
    ['a service', { serviceId: 1 }, /licence_keys_service_id_id_idx/],
    ['a provider', { providerId: 1 }, /licence_keys_(provider_id|user_id)_id_idx|licence_keys_pkey/],
  ])('by %s goes by an index, and totals by the counts', async (_, filter, index) => {
    const plan = await planOf(filter);
    expect(plan).toMatch(index);
    expect(plan).not.toContain('Seq Scan on licence_keys');
    expect(plan).not.toContain('Seq Scan on key_hwids');
  });
});
