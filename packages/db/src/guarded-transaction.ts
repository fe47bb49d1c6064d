import type { SqlQuery, Transaction } from '@prisma/driver-adapter-utils';

/**
 * A transaction in which a statement failed is dead: PostgreSQL answers its COMMIT with a silent ROLLBACK. Whoever swallowed
 * that statement's error would take the lost writes for saved, so the commit of such a transaction fails aloud.
 */
export function guardTransaction(transaction: Transaction): Transaction {
  let failure: { readonly cause: unknown } | undefined;
  const watch = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (cause) {
      failure ??= { cause };
      throw cause;
    }
  };
  const refuseCommit = async () => {
    await transaction.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] });
    throw new Error('The transaction had a failed statement and was rolled back.', failure);
  };
  return {
    provider: transaction.provider,
    adapterName: transaction.adapterName,
    options: transaction.options,
    queryRaw: (query: SqlQuery) => watch(() => transaction.queryRaw(query)),
    executeRaw: (query: SqlQuery) =>
      failure !== undefined && query.sql === 'COMMIT' ? refuseCommit() : watch(() => transaction.executeRaw(query)),
    commit: () => transaction.commit(),
    rollback: () => transaction.rollback(),
  };
}
