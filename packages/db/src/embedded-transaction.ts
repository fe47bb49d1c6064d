import type { PGlite } from '@electric-sql/pglite';
import { Fault } from '@gatehouse/faults';
import type { Prisma } from './generated/client.ts';
import { runOnEmbedded } from './raw-embedded.ts';
import type { RawResult } from './raw-postgres.ts';

/**
 * Runs statements as one transaction of the embedded database, past Prisma, with the promises of `transactOnPostgres`. PGlite keeps
 * everybody else waiting until it has ended, and fails a COMMIT that PostgreSQL answers by a silent ROLLBACK.
 * @param timeoutMs from BEGIN to COMMIT; then it is rolled back
 * @param work is handed what runs a statement, one at a time, until it ends
 * @throws Fault DATABASE_DOWN when it took too long; what the driver or `work` throws
 */
export function transactOnEmbedded<T>(
  pglite: PGlite,
  timeoutMs: number,
  work: (run: (sql: Prisma.Sql) => Promise<RawResult>) => Promise<T>,
): Promise<T> {
  return pglite.transaction(async (transaction) => {
    let end: Error | undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        end = new Fault('DATABASE_DOWN', { internal: `a transaction took longer than ${timeoutMs} ms` });
        reject(end);
      }, timeoutMs);
    });
    const run = async (sql: Prisma.Sql) => {
      if (end !== undefined) throw end;
      return runOnEmbedded(transaction, sql);
    };
    try {
      return await Promise.race([work(run), late]);
    } finally {
      clearTimeout(timer);
      end ??= new Error('The transaction has ended.');
    }
  });
}
