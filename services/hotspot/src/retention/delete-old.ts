import { type Database, Prisma } from '@gatehouse/db';

/** How many rows of each kind were deleted. */
export interface Deleted {
  readonly guests: number;
  readonly guest_logins: number;
  readonly sessions: number;
  readonly login_log: number;
  readonly vouchers: number;
  readonly hosts: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows deleted by one statement: more would hold their locks, and the log of the database, for too long. */
const BATCH_ROWS = 5_000;

/**
 * Deletes what a site has of its guests from more than `days` ago: guests who have not come since, logins and vouchers that ran
 * out, sessions that ended, the login log, devices not seen since. Vouchers that were never used, or are good for always, stay:
 * they are still good.
 */
export async function deleteOld(db: Database, siteId: number, days: number, now: Date): Promise<Deleted> {
  const before = new Date(now.getTime() - days * DAY_MS);
  const old = (table: string, isOld: Prisma.Sql) => deleteInBatches(db, table, Prisma.sql`site_id = ${siteId} AND (${isOld})`);
  return {
    login_log: await old('login_log', Prisma.sql`at < ${before}`),
    sessions: await old('guest_sessions', Prisma.sql`started_at < ${before} AND ended_at < ${before}`),
    guest_logins: await old('guest_logins', Prisma.sql`expires_at < ${before}`),
    guests: await old('guests', Prisma.sql`last_login_at < ${before} OR (last_login_at IS NULL AND created_at < ${before})`),
    vouchers: await old('vouchers', Prisma.sql`created_at < ${before} AND expires_at < ${before}`),
    hosts: await old('guest_hosts', Prisma.sql`seen_at < ${before}`),
  };
}

/** Rows that another process is deleting are left to it. */
async function deleteInBatches(db: Database, table: string, condition: Prisma.Sql): Promise<number> {
  const name = Prisma.raw(table);
  for (let total = 0; ; ) {
    const count =
      await db.execute`DELETE FROM ${name} WHERE id IN (SELECT id FROM ${name} WHERE ${condition} LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED)`;
    total += count;
    if (count < BATCH_ROWS) return total;
  }
}
