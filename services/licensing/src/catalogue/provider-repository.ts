import { type Database, Prisma } from '@gatehouse/db';

/** A source of keys: a shop, a reseller, a campaign. */
export interface ProviderRecord {
  readonly id: number;
  readonly name: string;
  readonly isActive: boolean;
  /** For keys whose order says nothing of validity; null: they last forever. */
  readonly keyValidMinutes: number | null;
}

/** What may be set of a provider. */
export type ProviderFields = Omit<ProviderRecord, 'id'>;

interface ProviderRow {
  readonly id: number;
  readonly name: string;
  readonly is_active: boolean;
  readonly key_valid_minutes: number | null;
}

const columns = Prisma.sql`id, name, is_active, key_valid_minutes`;

function toRecord({ id, name, is_active, key_valid_minutes }: ProviderRow): ProviderRecord {
  return { id, name, isActive: is_active, keyValidMinutes: key_valid_minutes };
}

/** A page of the seller's providers, newest first, and how many there are. */
export async function listProviders(db: Database, userId: number, { page, limit }: { page: number; limit: number }) {
  const rows = await db.query<ProviderRow>`
    SELECT ${columns} FROM providers WHERE user_id = ${userId} ORDER BY id DESC OFFSET ${(page - 1) * limit} LIMIT ${limit}`;
  return { providers: rows.map(toRecord), total: await db.prisma.provider.count({ where: { userId } }) };
}

/** A provider of the seller's, or null. */
export async function findProvider(db: Database, userId: number, id: number): Promise<ProviderRecord | null> {
  const [row] = await db.query<ProviderRow>`SELECT ${columns} FROM providers WHERE id = ${id} AND user_id = ${userId}`;
  return row === undefined ? null : toRecord(row);
}

/** Makes a provider. */
export async function insertProvider(db: Database, userId: number, fields: ProviderFields, now: Date): Promise<ProviderRecord> {
  const { id } = await db.prisma.provider.create({ data: { ...fields, userId, createdAt: now }, select: { id: true } });
  return { id, ...fields };
}

/** Changes what is given. @returns whether there is such a provider of the seller's */
export async function updateProvider(db: Database, userId: number, id: number, fields: Partial<ProviderFields>): Promise<boolean> {
  const { count } = await db.prisma.provider.updateMany({ where: { id, userId }, data: fields });
  return count === 1;
}

/**
 * Deletes a provider of the seller's; its keys too when told to, in the same statement.
 * @returns whether there was such a provider
 * @throws ForeignKeyViolation when it has keys and they were not to go with it
 */
export async function deleteProvider(db: Database, userId: number, id: number, withKeys: boolean): Promise<boolean> {
  const deleted = await db.query`
    WITH own AS (SELECT id FROM providers WHERE id = ${id} AND user_id = ${userId}),
      keys AS (DELETE FROM licence_keys WHERE ${withKeys} AND provider_id = (SELECT id FROM own) AND user_id = ${userId})
    DELETE FROM providers WHERE id = ${id} AND user_id = ${userId} RETURNING id`;
  return deleted.length === 1;
}
