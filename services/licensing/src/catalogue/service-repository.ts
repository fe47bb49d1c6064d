import { type Database, Prisma } from '@gatehouse/db';

/** A program that keys are for. */
export interface ServiceRecord {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly isPremium: boolean;
  readonly keylessMode: boolean;
  readonly slug: string;
  readonly createdAt: Date;
}

/** What may be set of a service. */
export type ServiceFields = Omit<ServiceRecord, 'id' | 'createdAt'>;

interface ServiceRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly is_premium: boolean;
  readonly keyless_mode: boolean;
  readonly slug: string;
  readonly created_at: Date;
}

const columns = Prisma.sql`id, name, description, is_premium, keyless_mode, slug, created_at`;

function toRecord({ id, name, description, is_premium, keyless_mode, slug, created_at }: ServiceRow): ServiceRecord {
  return { id, name, description, isPremium: is_premium, keylessMode: keyless_mode, slug, createdAt: created_at };
}

/** A page of the seller's services, newest first, and how many there are. */
export async function listServices(db: Database, userId: number, { page, limit }: { page: number; limit: number }) {
  const rows = await db.query<ServiceRow>`
    SELECT ${columns} FROM services WHERE user_id = ${userId} ORDER BY id DESC OFFSET ${(page - 1) * limit} LIMIT ${limit}`;
  return { services: rows.map(toRecord), total: await db.prisma.service.count({ where: { userId } }) };
}

/** A service of the seller's, or null. */
export async function findService(db: Database, userId: number, id: number): Promise<ServiceRecord | null> {
  const [row] = await db.query<ServiceRow>`SELECT ${columns} FROM services WHERE id = ${id} AND user_id = ${userId}`;
  return row === undefined ? null : toRecord(row);
}

/** Makes a service. @returns null when the seller has one with this slug */
export async function insertService(db: Database, userId: number, fields: ServiceFields, now: Date): Promise<ServiceRecord | null> {
  const [row] = await db.query<ServiceRow>`
    INSERT INTO services (user_id, name, description, is_premium, keyless_mode, slug, created_at)
    VALUES (${userId}, ${fields.name}, ${fields.description}, ${fields.isPremium}, ${fields.keylessMode}, ${fields.slug}, ${now})
    ON CONFLICT (user_id, slug) DO NOTHING
    RETURNING ${columns}`;
  return row === undefined ? null : toRecord(row);
}

/**
 * Changes what is given. @returns whether there is such a service of the seller's
 * @throws UniqueViolation when the seller has another with the slug
 */
export async function updateService(db: Database, userId: number, id: number, fields: Partial<ServiceFields>): Promise<boolean> {
  const { count } = await db.prisma.service.updateMany({ where: { id, userId }, data: fields });
  return count === 1;
}

/**
 * Deletes a service of the seller's; its keys too when told to, in the same statement.
 * @returns whether there was such a service
 * @throws ForeignKeyViolation when it has keys and they were not to go with it
 */
export async function deleteService(db: Database, userId: number, id: number, withKeys: boolean): Promise<boolean> {
  const deleted = await db.query`
    WITH own AS (SELECT id FROM services WHERE id = ${id} AND user_id = ${userId}),
      keys AS (DELETE FROM licence_keys WHERE ${withKeys} AND service_id = (SELECT id FROM own) AND user_id = ${userId})
    DELETE FROM services WHERE id = ${id} AND user_id = ${userId} RETURNING id`;
  return deleted.length === 1;
}
