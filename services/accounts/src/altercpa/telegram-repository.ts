import type { Database } from '@gatehouse/db';

/** A user as a Telegram sign-in needs to know them. */
export interface TelegramUser {
  readonly id: number;
  readonly isActive: boolean;
  readonly banned: boolean;
}

/** Whom to make of a first sign-in. */
export interface NewTelegramUser {
  readonly telegramId: bigint;
  readonly name: string;
  readonly login: string | null;
  readonly avatar: string | null;
  readonly now: Date;
}

/** Rows older than the oldest sign-in that is still taken: nobody can come back with those. */
const KEPT_MS = 48 * 3_600_000;

/**
 * Remembers that a sign-in was taken, and forgets those that are too old to come back.
 * @param hash the sign-in's own hash
 * @returns false when it was taken before
 */
export async function takeTelegramLogin(db: Database, hash: Buffer, now: Date): Promise<boolean> {
  await db.execute`DELETE FROM telegram_logins WHERE seen_at < ${new Date(now.getTime() - KEPT_MS)}`;
  const taken = await db.execute`INSERT INTO telegram_logins (hash, seen_at) VALUES (${hash}, ${now}) ON CONFLICT DO NOTHING`;
  return taken === 1;
}

/** Says whose sign-in it was. */
export async function nameTelegramLogin(db: Database, hash: Buffer, userId: number): Promise<void> {
  await db.execute`UPDATE telegram_logins SET user_id = ${userId} WHERE hash = ${hash}`;
}

/** The user whom a Telegram account belongs to. */
export async function findTelegramUser(db: Database, telegramId: bigint): Promise<TelegramUser | null> {
  return db.prisma.user.findUnique({ where: { telegramId }, select: { id: true, isActive: true, banned: true } });
}

/**
 * Makes the user of a first sign-in. The login is left out when somebody has it already.
 * @returns null when another request has just made a user of this Telegram account
 */
export async function insertTelegramUser(db: Database, user: NewTelegramUser): Promise<TelegramUser | null> {
  return (await tryInsert(db, user)) ?? (user.login === null ? null : tryInsert(db, { ...user, login: null }));
}

/** Links a Telegram account to a user, in place of the one before. @returns false when it belongs to another user */
export async function linkTelegram(db: Database, userId: number, telegramId: bigint, now: Date): Promise<boolean> {
  // Two links of one account at once: the second one waits for the first at the unique index, and is told apart as CONFLICT there.
  const linked = await db.execute`
    UPDATE users SET telegram_id = ${telegramId}, updated_at = ${now}
    WHERE id = ${userId} AND NOT EXISTS (SELECT FROM users other WHERE other.telegram_id = ${telegramId} AND other.id <> ${userId})`;
  return linked === 1;
}

async function tryInsert(db: Database, { telegramId, name, login, avatar, now }: NewTelegramUser): Promise<TelegramUser | null> {
  const [row] = await db.query<TelegramUser>`
    INSERT INTO users (telegram_id, name, login, avatar, created_at, updated_at)
    VALUES (${telegramId}, ${name}, ${login}, ${avatar}, ${now}, ${now})
    ON CONFLICT DO NOTHING RETURNING id, is_active AS "isActive", banned`;
  return row ?? null;
}
