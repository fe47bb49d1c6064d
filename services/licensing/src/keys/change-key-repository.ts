import { type Database, Prisma } from '@gatehouse/db';
import type { KeyChange } from './key-change.ts';
import type { HwidBinding } from './key-object.ts';
import { type KeyName, keyIs } from './key-repository.ts';

/**
 * Changes a key of the seller's, in one statement.
 * @returns null when there is no such key
 */
export async function updateKey(
  db: Database,
  userId: number,
  name: KeyName,
  change: KeyChange,
  now: Date,
): Promise<{ readonly id: number; readonly hwidLimit: number | null } | null> {
  const [row] = await db.query<{ id: number; hwid_limit: number | null }>`
    UPDATE licence_keys k SET ${Prisma.join(assignments(change, now))}
    WHERE ${keyIs(name)} AND user_id = ${userId}
    RETURNING id, hwid_limit`;
  return row === undefined ? null : { id: row.id, hwidLimit: row.hwid_limit };
}

function assignments(change: KeyChange, now: Date): Prisma.Sql[] {
  const { key_name, validity_minutes, is_premium, one_time_use, expiry_on_first_use, no_hwid, hwid_limit, is_invalidated, discord_id } =
    change;
  const set = (column: string, value: unknown) => (value === undefined ? [] : [Prisma.sql`${Prisma.raw(column)} = ${value}`]);
  return [
    Prisma.sql`expires_at = ${expirySql(change, now)}`,
    ...set('key_name', key_name),
    ...set('validity_minutes', validity_minutes),
    ...set('is_premium', is_premium),
    ...set('one_time_use', one_time_use),
    ...set('expiry_on_first_use', expiry_on_first_use),
    ...set('no_hwid', no_hwid),
    ...set('hwid_limit', hwid_limit),
    ...set('is_invalidated', is_invalidated),
    ...set('discord_id', discord_id),
  ];
}

/**
 * When the key expires after the change (keys.md): `expires_at` wins; otherwise a changed validity counts from now, or, for a
 * key whose time begins with its first use, from that use.
 */
function expirySql({ expires_at, validity_minutes, expiry_on_first_use }: KeyChange, now: Date): Prisma.Sql {
  if (expires_at !== undefined) return Prisma.sql`${expires_at}::timestamptz`;
  if (validity_minutes === undefined && expiry_on_first_use === undefined) return Prisma.sql`expires_at`;
  const minutes = validity_minutes === undefined ? Prisma.sql`validity_minutes` : Prisma.sql`${validity_minutes}::int`;
  const onFirstUse = expiry_on_first_use === undefined ? Prisma.sql`expiry_on_first_use` : Prisma.sql`${expiry_on_first_use}::boolean`;
  const isTouched = validity_minutes !== undefined ? Prisma.sql`TRUE` : Prisma.sql`${onFirstUse} <> expiry_on_first_use`;
  return Prisma.sql`CASE
    WHEN NOT (${isTouched}) THEN expires_at
    WHEN coalesce(${minutes}, 0) = 0 THEN NULL
    WHEN ${onFirstUse} THEN used_at + make_interval(mins => ${minutes})
    ELSE ${now}::timestamptz + make_interval(mins => ${minutes}) END`;
}

/**
 * Binds a key to exactly these HWIDs; those that were bound before keep their date. The key's row must be locked.
 * @returns the bindings, oldest first
 */
export async function replaceHwids(
  tx: Database,
  { keyId, userId, hwids, now }: { keyId: number; userId: number; hwids: readonly string[]; now: Date },
): Promise<HwidBinding[]> {
  await tx.execute`DELETE FROM key_hwids WHERE key_id = ${keyId} AND NOT hwid = ANY(${hwids}::text[])`;
  await tx.execute`
    INSERT INTO key_hwids (key_id, user_id, hwid, bound_at, bound_by)
    SELECT ${keyId}::int, ${userId}::int, hwid, ${now}::timestamptz, 'manual' FROM unnest(${hwids}::text[]) AS hwid
    ON CONFLICT (key_id, hwid) DO NOTHING`;
  await tx.execute`UPDATE licence_keys SET hwid_count = ${hwids.length} WHERE id = ${keyId}`;
  const rows = await tx.query<{ hwid: string; bound_at: Date; bound_by: string }>`
    SELECT hwid, bound_at, bound_by::text FROM key_hwids WHERE key_id = ${keyId} ORDER BY id`;
  return rows.map(({ hwid, bound_at, bound_by }) => ({ hwid, boundAt: bound_at, boundBy: bound_by }));
}

/**
 * Unbinds a key of the seller's from all machines.
 * @returns the key and how many HWIDs there were, null when there is no such key
 */
export function resetHwids(db: Database, userId: number, name: KeyName): Promise<{ readonly id: number; readonly count: number } | null> {
  // First the row's lock, then a statement that sees what was bound before it was had.
  return db.sqlTx(async (tx) => {
    const [key] = await tx.query<{ id: number }>`
      UPDATE licence_keys k SET hwid_count = 0 WHERE ${keyIs(name)} AND user_id = ${userId} RETURNING id`;
    if (key === undefined) return null;
    return { id: key.id, count: await tx.execute`DELETE FROM key_hwids WHERE key_id = ${key.id}` };
  });
}

/** Deletes a key of the seller's with all that hangs on it. @returns its id, null when there is no such key */
export async function deleteKey(db: Database, userId: number, name: KeyName): Promise<number | null> {
  const [row] = await db.query<{ id: number }>`DELETE FROM licence_keys k WHERE ${keyIs(name)} AND user_id = ${userId} RETURNING id`;
  return row?.id ?? null;
}

/** Deletes those of the named keys that are the seller's, in one statement. @returns the deleted */
export async function deleteKeys(
  db: Database,
  userId: number,
  { ids, values }: { readonly ids: readonly number[]; readonly values: readonly string[] },
): Promise<{ readonly id: number; readonly value: string }[]> {
  return db.query<{ id: number; value: string }>`
    DELETE FROM licence_keys
    WHERE user_id = ${userId} AND (id = ANY(${ids}::int[]) OR key_value = ANY(${values}::text[]))
    RETURNING id, key_value AS value`;
}

/** Deletes the seller's expired keys of a service. @returns how many */
export function deleteExpiredKeys(db: Database, userId: number, serviceId: number, now: Date): Promise<number> {
  return db.execute`
    DELETE FROM licence_keys
    WHERE service_id = ${serviceId} AND user_id = ${userId} AND NOT is_invalidated AND expires_at <= ${now}`;
}
