import { type Database, Prisma } from '@gatehouse/db';

/** A machine that a seller refuses. */
export interface HwidBanRecord {
  readonly id: number;
  readonly hwid: string;
  readonly reason: string | null;
  /** Null: until it is deleted. */
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

interface HwidBanRow {
  readonly id: number;
  readonly hwid: string;
  readonly reason: string | null;
  readonly expires_at: Date | null;
  readonly created_at: Date;
}

const columns = Prisma.sql`id, hwid, reason, expires_at, created_at`;

function toRecord({ id, hwid, reason, expires_at, created_at }: HwidBanRow): HwidBanRecord {
  return { id, hwid, reason, expiresAt: expires_at, createdAt: created_at };
}

/** A part of the seller's bans, newest first, and how many there are. */
export async function listHwidBans(db: Database, userId: number, { limit, offset }: { limit: number; offset: number }) {
  const rows = await db.query<HwidBanRow>`
    SELECT ${columns} FROM hwid_bans WHERE user_id = ${userId} ORDER BY id DESC OFFSET ${offset} LIMIT ${limit}`;
  return { bans: rows.map(toRecord), total: await db.prisma.hwidBan.count({ where: { userId } }) };
}

/** A ban of the seller's, or null. */
export async function findHwidBan(db: Database, userId: number, id: number): Promise<HwidBanRecord | null> {
  const [row] = await db.query<HwidBanRow>`SELECT ${columns} FROM hwid_bans WHERE id = ${id} AND user_id = ${userId}`;
  return row === undefined ? null : toRecord(row);
}

/** A ban to be made. */
export interface NewHwidBan {
  readonly hwid: string;
  readonly reason: string | null;
  readonly expiresAt: Date | null;
  readonly now: Date;
}

/** Bans a machine; a ban that has run out makes room. @returns null when one holds already */
export async function insertHwidBan(db: Database, userId: number, ban: NewHwidBan): Promise<HwidBanRecord | null> {
  const [row] = await db.query<HwidBanRow>`
    INSERT INTO hwid_bans (user_id, hwid, reason, expires_at, created_at)
    VALUES (${userId}, ${ban.hwid}, ${ban.reason}, ${ban.expiresAt}, ${ban.now})
    ON CONFLICT (user_id, hwid) DO UPDATE
    SET reason = excluded.reason, expires_at = excluded.expires_at, created_at = excluded.created_at
    WHERE hwid_bans.expires_at <= ${ban.now}
    RETURNING ${columns}`;
  return row === undefined ? null : toRecord(row);
}

/** Changes what is given. @returns whether there is such a ban of the seller's */
export async function updateHwidBan(
  db: Database,
  userId: number,
  id: number,
  fields: { readonly reason?: string | null; readonly expiresAt?: Date | null },
): Promise<boolean> {
  const { count } = await db.prisma.hwidBan.updateMany({ where: { id, userId }, data: fields });
  return count === 1;
}

/** @returns whether there was such a ban of the seller's */
export async function deleteHwidBan(db: Database, userId: number, id: number): Promise<boolean> {
  const { count } = await db.prisma.hwidBan.deleteMany({ where: { id, userId } });
  return count === 1;
}

/** Ends the Sessions that run on a machine with keys of the seller's. */
export async function endHwidSessions(db: Database, userId: number, hwid: string, now: Date): Promise<void> {
  await db.execute`UPDATE key_sessions SET ended_at = ${now} WHERE user_id = ${userId} AND hwid = ${hwid} AND ended_at IS NULL`;
}

/** Invalidates the seller's keys that are bound to a machine. @returns their ids */
export async function invalidateHwidKeys(db: Database, userId: number, hwid: string): Promise<number[]> {
  const rows = await db.query<{ id: number }>`
    UPDATE licence_keys SET is_invalidated = TRUE
    WHERE id IN (SELECT key_id FROM key_hwids WHERE user_id = ${userId} AND hwid = ${hwid}) AND user_id = ${userId} AND NOT is_invalidated
    RETURNING id`;
  return rows.map(({ id }) => id);
}
