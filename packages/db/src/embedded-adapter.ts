import { messages, type PGlite, type Transaction as PGliteTransaction } from '@electric-sql/pglite';
import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import { guardTransaction } from './guarded-transaction.ts';

/**
 * The embedded PGlite for Prisma: the kept adapter, but for transactions (it loses the error of a failed COMMIT), scripts (it
 * waits for none), and unique violations (it forgets the constraint's name).
 *
 * There is one connection. PGlite holds back every query from outside while a transaction is open, so none runs inside it.
 */
export function createEmbeddedAdapter(pglite: PGlite): SqlDriverAdapterFactory {
  return { provider: 'postgres', adapterName: 'pglite-prisma-adapter', connect: () => connect(pglite) };
}

async function connect(pglite: PGlite): Promise<SqlDriverAdapter> {
  const { queryRaw, executeRaw } = await queryable(pglite);
  return {
    provider: 'postgres',
    adapterName: 'pglite-prisma-adapter',
    queryRaw,
    executeRaw,
    executeScript: async (script) => void (await pglite.exec(script).catch(rethrow)),
    startTransaction: (isolationLevel) => startTransaction(pglite, isolationLevel),
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: async () => undefined,
  };
}

async function startTransaction(pglite: PGlite, isolationLevel: IsolationLevel | undefined): Promise<Transaction> {
  const opened = deferred<PGliteTransaction>();
  const finish = deferred<void>();
  const finished = pglite.transaction(async (transaction) => {
    opened.resolve(transaction);
    await finish.promise;
  });
  // Its failure is told by commit(), or right here when BEGIN failed.
  finished.catch(opened.reject);
  const transaction = await opened.promise;
  const end = async () => {
    finish.resolve();
    await finished.catch(rethrow);
  };
  const guarded = guardTransaction({
    provider: 'postgres',
    adapterName: 'pglite-prisma-adapter',
    options: { usePhantomQuery: true },
    ...(await queryable(transaction)),
    commit: end,
    rollback: async () => {
      await transaction.rollback();
      await end();
    },
  });
  if (isolationLevel !== undefined) await transaction.exec(`SET TRANSACTION ISOLATION LEVEL ${isolationLevel}`);
  return guarded;
}

/** The kept adapter's conversions over a connection or a transaction of it. */
async function queryable(client: Pick<PGlite, 'query'>): Promise<Pick<SqlDriverAdapter, 'queryRaw' | 'executeRaw'>> {
  const named: Pick<PGlite, 'query'> = { query: (sql, values, options) => client.query<never>(sql, values, options).catch(rethrow) };
  // Loaded by whoever asks for a model first.
  const { PrismaPGlite } = await import('pglite-prisma-adapter');
  // `query` is all that the adapter calls for single statements; it asks for the whole class since it has a shape of its own.
  const adapter = await new PrismaPGlite(named as PGlite).connect();
  return { queryRaw: (query) => adapter.queryRaw(query), executeRaw: (query) => adapter.executeRaw(query) };
}

function rethrow(error: unknown): never {
  if (!(error instanceof messages.DatabaseError)) throw error;
  const { code: originalCode, message: originalMessage, constraint } = error;
  const original = { ...(originalCode === undefined ? {} : { originalCode }), originalMessage };
  if (constraint !== undefined && originalCode === '23505') {
    throw new DriverAdapterError({ ...original, kind: 'UniqueConstraintViolation', constraint: { index: constraint } });
  }
  if (constraint !== undefined && originalCode === '23503') {
    throw new DriverAdapterError({ ...original, kind: 'ForeignKeyConstraintViolation', constraint: { index: constraint } });
  }
  throw error;
}

/** Promise.withResolvers, which Node has from 22 on. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
