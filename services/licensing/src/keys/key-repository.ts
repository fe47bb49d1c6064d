import { type Database, Prisma } from '@gatehouse/db';
import type { HwidBinding, KeyRecord } from './key-object.ts';
import type { KeyParents, NewKey } from './new-key.ts';

/** How a caller names a key: by its id or by its value (keys.md). */
export type KeyName = { readonly id: number } | { readonly value: string };

/** A row of {@link keyColumns}. */
export interface KeyRow {
  readonly id: number;
  readonly key_value: string;
  readonly user_id: number;
  readonly service_id: number | null;
  readonly provider_id: number | null;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
  readonly is_premium: boolean;
  readonly is_invalidated: boolean;
  readonly one_time_use: boolean;
  readonly expiry_on_first_use: boolean;
  readonly validity_minutes: number | null;
  readonly no_hwid: boolean;
  readonly key_name: string | null;
  readonly hwid_limit: number | null;
  readonly discord_id: string | null;
  readonly created_at: Date;
  readonly service_name: string | null;
  readonly provider_name: string | null;
  readonly hwids: readonly { readonly hwid: string; readonly bound_at: string; readonly bound_by: string }[];
}

/** The columns of a key `k` with its service `s` and provider `p`: see {@link toKeyRecord}. */
export const keyColumns = Prisma.sql`
  k.id, k.key_value, k.user_id, k.service_id, k.provider_id, k.expires_at, k.used_at, k.is_premium, k.is_invalidated, k.one_time_use,
  k.expiry_on_first_use, k.validity_minutes, k.no_hwid, k.key_name, k.hwid_limit, k.discord_id, k.created_at,
  s.name AS service_name, p.name AS provider_name,
  CASE WHEN k.hwid_count = 0 THEN '[]'::json ELSE
    (SELECT coalesce(json_agg(json_build_object('hwid', h.hwid, 'bound_at', h.bound_at, 'bound_by', h.bound_by) ORDER BY h.id), '[]')
     FROM key_hwids h WHERE h.key_id = k.id) END AS hwids`;

/** Reads a row of {@link keyColumns}. */
export function toKeyRecord(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    keyValue: row.key_value,
    userId: row.user_id,
    serviceId: row.service_id,
    providerId: row.provider_id,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    isPremium: row.is_premium,
    isInvalidated: row.is_invalidated,
    oneTimeUse: row.one_time_use,
    expiryOnFirstUse: row.expiry_on_first_use,
    validityMinutes: row.validity_minutes,
    noHwid: row.no_hwid,
    keyName: row.key_name,
    hwidLimit: row.hwid_limit,
    discordId: row.discord_id,
    createdAt: row.created_at,
    serviceName: row.service_name,
    providerName: row.provider_name,
    hwids: row.hwids.map(({ hwid, bound_at, bound_by }): HwidBinding => ({ hwid, boundAt: new Date(bound_at), boundBy: bound_by })),
  };
}

/** The condition that picks the named key out of `licence_keys k`. */
export function keyIs(name: KeyName): Prisma.Sql {
  return 'id' in name ? Prisma.sql`k.id = ${name.id}` : Prisma.sql`k.key_value = ${name.value}`;
}

/** A key of one seller, or null. */
export async function findKey(db: Database, userId: number, name: KeyName): Promise<KeyRecord | null> {
  const [row] = await db.query<KeyRow>`
    SELECT ${keyColumns}
    FROM licence_keys k LEFT JOIN services s ON s.id = k.service_id LEFT JOIN providers p ON p.id = k.provider_id
    WHERE ${keyIs(name)} AND k.user_id = ${userId}`;
  return row === undefined ? null : toKeyRecord(row);
}

/** The provider and the service of the seller's that keys are to be made for. */
export async function findKeyParents(
  db: Database,
  userId: number,
  { providerId, serviceId }: { readonly providerId: number; readonly serviceId: number | null },
): Promise<KeyParents> {
  const rows = await db.query<{ kind: string; id: number; name: string; is_active: boolean | null; key_valid_minutes: number | null }>`
    SELECT 'provider' AS kind, id, name, is_active, key_valid_minutes FROM providers WHERE id = ${providerId} AND user_id = ${userId}
    UNION ALL
    SELECT 'service', id, name, NULL, NULL FROM services WHERE id = ${serviceId} AND user_id = ${userId}`;
  const provider = rows.find(({ kind }) => kind === 'provider');
  const service = rows.find(({ kind }) => kind === 'service');
  return {
    provider: provider === undefined ? null : toProvider(provider),
    service: service === undefined ? null : { id: service.id, name: service.name },
  };
}

function toProvider(row: { id: number; name: string; is_active: boolean | null; key_valid_minutes: number | null }) {
  return { id: row.id, name: row.name, isActive: row.is_active === true, keyValidMinutes: row.key_valid_minutes };
}

/**
 * Makes keys with the given values, all in one statement. A value that is taken already is left out, so that the caller
 * can try another.
 * @returns the keys made, oldest first
 */
export async function insertKeys(db: Database, userId: number, key: NewKey, values: readonly string[]): Promise<KeyRecord[]> {
  const rows = await db.query<{ id: number; key_value: string }>`
    WITH made AS (
      INSERT INTO licence_keys (key_value, user_id, provider_id, service_id, key_name, discord_id, is_premium, one_time_use,
        expiry_on_first_use, validity_minutes, no_hwid, hwid_limit, hwid_count, expires_at, created_at)
      SELECT value, ${userId}::int, ${key.providerId}::int, ${key.serviceId}::int, ${key.keyName}::text, ${key.discordId}::text,
        ${key.isPremium}::boolean, ${key.oneTimeUse}::boolean, ${key.expiryOnFirstUse}::boolean, ${key.validityMinutes}::int,
        ${key.noHwid}::boolean, ${key.hwidLimit}::int, ${key.hwids.length}::int, ${key.expiresAt}::timestamptz, ${key.createdAt}::timestamptz
      FROM unnest(${values}::text[]) AS value
      ON CONFLICT (key_value) DO NOTHING
      RETURNING id, key_value
    ), bound AS (
      INSERT INTO key_hwids (key_id, user_id, hwid, bound_at, bound_by)
      SELECT made.id, ${userId}::int, hwid, ${key.createdAt}::timestamptz, 'api'
      FROM made CROSS JOIN unnest(${key.hwids}::text[]) AS hwid
    )
    SELECT id, key_value FROM made ORDER BY id`;
  return rows.map(({ id, key_value }) => toNewRecord(id, key_value, userId, key));
}

function toNewRecord(id: number, keyValue: string, userId: number, { providerName, serviceName, hwids, ...key }: NewKey): KeyRecord {
  return {
    ...key,
    id,
    keyValue,
    userId,
    usedAt: null,
    isInvalidated: false,
    serviceName,
    providerName,
    hwids: hwids.map((hwid) => ({ hwid, boundAt: key.createdAt, boundBy: 'api' })),
  };
}
