import { Fault } from '@gatehouse/faults';
import type pg from 'pg';
import type { Prisma } from './generated/client.ts';
import { type RawResult, runOnPostgres } from './raw-postgres.ts';

/**
 * Runs statements as one transaction on a connection of its own, past Prisma: BEGIN, `work`, COMMIT; ROLLBACK when `work` throws.
 * A transaction in which a statement failed does not pass for committed, even if `work` swallowed the error. Only a connection
 * whose transaction is known to have ended goes back to the pool; any other is closed.
 * @param timeoutMs from BEGIN to COMMIT; then the connection is closed, which ends the transaction
 * @param work is handed what runs a statement, one at a time, until it ends
 * @throws Fault DATABASE_DOWN when it took too long; what the driver or `work` throws
 */
export async function transactOnPostgres<T>(
  pool: pg.Pool,
  timeoutMs: number,
  work: (run: (sql: Prisma.Sql) => Promise<RawResult>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failure: { readonly cause: unknown } | undefined;
  let end: Error | undefined;
  let tellEnd: () => void = ignore;
  const ended = new Promise<void>((resolve) => {
    tellEnd = resolve;
  });
  /** @param broken why the connection cannot be used again, if it cannot */
  const giveBack = (broken?: Error) => {
    if (end !== undefined) return;
    end = broken ?? new Error('The transaction has ended.');
    clearTimeout(timer);
    client.off('error', ignore);
    client.release(broken);
    tellEnd();
  };
  const timer = setTimeout(
    () => giveBack(new Fault('DATABASE_DOWN', { internal: `a transaction took longer than ${timeoutMs} ms` })),
    timeoutMs,
  );
  client.on('error', ignore);
  const run = async (sql: Prisma.Sql) => {
    if (end !== undefined) throw end;
    try {
      return await runOnPostgres(client, sql);
    } catch (cause) {
      failure ??= { cause };
      throw cause;
    }
  };
  try {
    await client.query('BEGIN');
    const result = await work(run);
    if (end !== undefined) throw end;
    // PostgreSQL answers the COMMIT of a transaction with a failed statement by a silent ROLLBACK.
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('The transaction had a failed statement and was rolled back.', failure);
    giveBack();
    return result;
  } catch (error) {
    const fatal = [error, failure?.cause].find(isFatal);
    if (end === undefined && fatal !== undefined) giveBack(fatal);
    // A connection that says nothing any more is waited for no longer than the transaction may take.
    if (end === undefined) await Promise.race([client.query('ROLLBACK').then(() => giveBack(), giveBack), ended]);
    throw error;
  }
}

/** Whether the server has ended the connection, and with it the transaction: nothing that is asked of it is answered any more. */
function isFatal(error: unknown): error is Error {
  return error instanceof Error && 'severity' in error && error.severity === 'FATAL';
}

/** A connection that breaks between two statements tells its next one; without a listener the event would end the process. */
function ignore(): void {}
