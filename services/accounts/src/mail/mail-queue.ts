import type { Database, MailKind } from '@gatehouse/db';

/** A mail that this process has taken on. */
export interface MailJobRow {
  readonly id: bigint;
  readonly kind: MailKind;
  readonly email: string;
  readonly attempts: number;
}

const FIRST_RETRY_SECONDS = 30;
const LONGEST_RETRY_SECONDS = 3_600;

/** Asks for a mail. It goes out after the commit of `db`'s transaction, also when this process ends before. */
export async function queueMail(db: Database, job: { readonly kind: MailKind; readonly email: string; readonly now: Date }): Promise<void> {
  await db.execute`
    INSERT INTO mail_queue (kind, email, due_at, created_at) VALUES (${job.kind}::mail_kind, ${job.email}, ${job.now}, ${job.now})`;
}

/**
 * Takes mails that are due, each by one process only. Should this process die, they are due again after a while: 30 seconds the
 * first time, twice as long each time after, an hour at most.
 */
export function takeMails(db: Database, now: Date, limit: number): Promise<MailJobRow[]> {
  return db.query<MailJobRow>`
    UPDATE mail_queue SET attempts = attempts + 1,
      due_at = ${now}::timestamptz + least(${FIRST_RETRY_SECONDS}::int * 2 ^ least(attempts, 20), ${LONGEST_RETRY_SECONDS}::int) * interval '1 second'
    WHERE id IN (SELECT id FROM mail_queue WHERE due_at <= ${now} ORDER BY due_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, email, attempts`;
}

/** Forgets a mail that went out, or that never will. */
export async function dropMail(db: Database, id: bigint): Promise<void> {
  await db.execute`DELETE FROM mail_queue WHERE id = ${id}`;
}
