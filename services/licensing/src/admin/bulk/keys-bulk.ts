import { newLicenceKey } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { BadRow, type BulkKind, type ImportedRow, type RowWriter } from '@gatehouse/service';
import Joi from 'joi';
import { countSchema, dateTimeSchema, discordIdSchema, hwidSchema, idSchema, isoTime, textSchema } from '../../fields.ts';
import { expiryAfter } from '../../keys/new-key.ts';

interface KeyScope {
  readonly seller: number;
}

/** A licence key as a row of a file. */
interface KeyValues {
  readonly key_value?: string;
  readonly provider_id: number;
  readonly service_id?: number;
  readonly member_id?: number;
  readonly key_name?: string;
  readonly discord_id?: string;
  readonly is_premium: boolean;
  readonly is_invalidated: boolean;
  readonly is_secret: boolean;
  readonly one_time_use: boolean;
  readonly expiry_on_first_use: boolean;
  readonly validity_minutes?: number;
  readonly no_hwid: boolean;
  readonly hwid_limit?: number;
  /** A JSON list. */
  readonly hwids: readonly string[];
  readonly expires_at?: Date;
  readonly used_at?: Date;
  readonly created_at?: Date;
}

const MAX_HWIDS = 100;
const flag = () => Joi.boolean().default(false);

const row = Joi.object<KeyValues>({
  key_value: Joi.string()
    .pattern(/^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$/)
    .description('Drawn when it is left out'),
  provider_id: idSchema().required(),
  service_id: idSchema(),
  member_id: idSchema(),
  key_name: textSchema(),
  discord_id: discordIdSchema(),
  is_premium: flag(),
  is_invalidated: flag(),
  is_secret: flag(),
  one_time_use: flag(),
  expiry_on_first_use: flag(),
  validity_minutes: countSchema(),
  no_hwid: flag(),
  hwid_limit: countSchema(),
  hwids: Joi.any().custom(readHwids).default([]).description('A JSON list'),
  expires_at: dateTimeSchema(),
  used_at: dateTimeSchema(),
  created_at: dateTimeSchema(),
});

const hwidList = Joi.array().items(hwidSchema()).unique().max(MAX_HWIDS).required();

/** A list, or the text of one: a cell holds no list. */
function readHwids(value: unknown, helpers: Joi.CustomHelpers) {
  const list = hwidList.validate(typeof value === 'string' ? parseJson(value) : value);
  if (list.error === undefined) return list.value;
  return helpers.message({ custom: `must be a JSON list of at most ${MAX_HWIDS} different texts, such as ["a","b"]` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Licence keys of a seller in bulk. */
export const keysBulk: BulkKind<KeyScope, KeyValues> = {
  name: 'keys',
  title: 'Keys',
  scope: Joi.object<KeyScope>({ seller: idSchema().required().description('The user whose keys they are') }),
  row,
  exportRows: async (db, { seller }, afterId, limit) => {
    await assertSeller(db, seller);
    return exportKeys(db, seller, afterId, limit);
  },
  openImport: async (db, { seller }, now) => {
    await assertSeller(db, seller);
    return createKeyWriter(db, seller, now);
  },
};

async function assertSeller(db: Database, id: number): Promise<void> {
  const found = await db.query`SELECT 1 FROM users WHERE id = ${id}`;
  if (found.length === 0) throw new Fault('NOT_FOUND', { detail: 'User not found' });
}

async function exportKeys(db: Database, seller: number, afterId: number, limit: number) {
  const keys = await db.prisma.licenceKey.findMany({
    where: { userId: seller, id: { gt: afterId } },
    orderBy: { id: 'asc' },
    take: limit,
    include: { hwids: { select: { hwid: true }, orderBy: { id: 'asc' } } },
  });
  return keys.map((key) => ({
    id: key.id,
    values: {
      id: key.id,
      key_value: key.keyValue,
      provider_id: key.providerId,
      service_id: key.serviceId,
      member_id: key.memberId,
      key_name: key.keyName,
      discord_id: key.discordId,
      is_premium: key.isPremium,
      is_invalidated: key.isInvalidated,
      is_secret: key.isSecret,
      one_time_use: key.oneTimeUse,
      expiry_on_first_use: key.expiryOnFirstUse,
      validity_minutes: key.validityMinutes,
      no_hwid: key.noHwid,
      hwid_limit: key.hwidLimit,
      hwids: key.hwids.length === 0 ? null : JSON.stringify(key.hwids.map(({ hwid }) => hwid)),
      expires_at: isoTime(key.expiresAt),
      used_at: isoTime(key.usedAt),
      created_at: isoTime(key.createdAt),
    },
  }));
}

async function createKeyWriter(db: Database, seller: number, now: Date): Promise<RowWriter<KeyValues>> {
  const [providers, services] = [await idsOf(db, 'provider', seller), await idsOf(db, 'service', seller)];
  return async (rows) => {
    for (const { line, values } of rows) {
      const { provider_id: providerId, service_id: serviceId, hwids, hwid_limit: limit = 0 } = values;
      if (!providers.has(providerId)) throw new BadRow(line, 'provider_id is not a provider of this seller');
      if (serviceId !== undefined && !services.has(serviceId)) throw new BadRow(line, 'service_id is not a service of this seller');
      if (limit > 0 && hwids.length > limit) throw new BadRow(line, 'hwids must not be more than hwid_limit');
    }
    await assertMembers(db, rows);
    await insertKeys(db, seller, rows, now);
  };
}

async function idsOf(db: Database, kind: 'provider' | 'service', userId: number): Promise<ReadonlySet<number>> {
  const where = { where: { userId }, select: { id: true } };
  const rows = kind === 'provider' ? await db.prisma.provider.findMany(where) : await db.prisma.service.findMany(where);
  return new Set(rows.map(({ id }) => id));
}

async function assertMembers(db: Database, rows: readonly ImportedRow<KeyValues>[]): Promise<void> {
  const wanted = [...new Set(rows.flatMap(({ values }) => values.member_id ?? []))];
  if (wanted.length === 0) return;
  const found = await db.query<{ id: number }>`SELECT id FROM users WHERE id = ANY(${wanted}::int[])`;
  const known = new Set(found.map(({ id }) => id));
  const bad = rows.find(({ values }) => values.member_id !== undefined && !known.has(values.member_id));
  if (bad !== undefined) throw new BadRow(bad.line, 'member_id is not a user');
}

/** One statement a batch for the keys and one for their HWIDs; a key that exists is left out of it, and told. */
async function insertKeys(db: Database, seller: number, rows: readonly ImportedRow<KeyValues>[], now: Date): Promise<void> {
  const keys = rows.map(({ values }) => withDefaults(values, now));
  const written = await db.query<{ id: number; key_value: string }>`
    INSERT INTO licence_keys (key_value, user_id, provider_id, service_id, member_id, key_name, discord_id, is_premium, is_invalidated,
      is_secret, one_time_use, expiry_on_first_use, validity_minutes, no_hwid, hwid_limit, hwid_count, expires_at, used_at, created_at)
    SELECT key_value, ${seller}::int, provider_id, service_id, member_id, key_name, discord_id, is_premium, is_invalidated,
      is_secret, one_time_use, expiry_on_first_use, validity_minutes, no_hwid, hwid_limit, hwid_count, expires_at, used_at, created_at
    FROM json_to_recordset(${JSON.stringify(keys)}::text::json) AS row (key_value text, provider_id int, service_id int, member_id int,
      key_name text, discord_id text, is_premium boolean, is_invalidated boolean, is_secret boolean, one_time_use boolean,
      expiry_on_first_use boolean, validity_minutes int, no_hwid boolean, hwid_limit int, hwid_count int, expires_at timestamptz,
      used_at timestamptz, created_at timestamptz)
    ON CONFLICT (key_value) DO NOTHING
    RETURNING id, key_value`;
  const ids = new Map(written.map(({ id, key_value }) => [key_value, id]));
  if (written.length < rows.length) {
    const left = new Set(ids.keys());
    const index = keys.findIndex(({ key_value }) => !left.delete(key_value));
    throw new BadRow(rows[index]?.line ?? 0, 'key_value exists already');
  }
  const bound = keys.flatMap(({ key_value, hwids, created_at }) => hwids.map((hwid) => ({ id: ids.get(key_value), hwid, at: created_at })));
  if (bound.length === 0) return;
  await db.execute`
    INSERT INTO key_hwids (key_id, user_id, hwid, bound_at, bound_by)
    SELECT id, ${seller}::int, hwid, at, 'admin'
    FROM json_to_recordset(${JSON.stringify(bound)}::text::json) AS row (id int, hwid text, at timestamptz)`;
}

/** A key whose expiry the file leaves out expires as one that is made now would. */
function withDefaults(values: KeyValues, now: Date) {
  const { validity_minutes: minutes = null, expiry_on_first_use: isOnFirstUse, expires_at: expiresAt, used_at: usedAt } = values;
  const begins = isOnFirstUse ? usedAt : now;
  return {
    ...values,
    key_value: values.key_value ?? newLicenceKey(),
    hwid_count: values.hwids.length,
    created_at: values.created_at ?? now,
    expires_at: expiresAt ?? (begins === undefined ? null : expiryAfter(begins, minutes)),
  };
}
