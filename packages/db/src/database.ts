import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@gatehouse/faults';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { toDriverFault, WriteConflict } from './driver-fault.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import type { RawResult } from './raw-postgres.ts';

/** The models and raw queries of Prisma, the same inside and outside a transaction. */
export type Queries = Omit<Prisma.TransactionClient, '$transaction'>;

/** Limits of one transaction, in milliseconds. */
export interface TxOptions {
  /** Waiting for a connection (default 15 s). */
  readonly maxWaitMs?: number;
  /** From its start to its end (default 20 s). */
  readonly timeoutMs?: number;
}

/**
 * What runs plain SQL: all that repository functions on a hot path ask for. Every failure of the driver leaves it as a fault (see
 * `toDriverFault`).
 *
 * @example
 * const rows = await db.query<{ id: number }>`SELECT id FROM licence_keys WHERE user_id = ${userId}`;
 * const used = await db.execute`UPDATE licence_keys SET used_at = ${now} WHERE id = ${id} AND used_at IS NULL`;
 */
export interface Sql {
  readonly kind: 'postgres' | 'embedded';
  /** Rows of a statement. A template's values become parameters, never text. */
  query<T>(strings: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<T[]>;
  /** How many rows a statement changed. */
  execute(strings: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<number>;
  /**
   * Runs `work` as one transaction of plain SQL, with the promises of {@link Database.tx} and at a fraction of its price: its
   * statements go past Prisma. Within a transaction it is part of that one. A connection is waited for as long as by a query.
   * @param options.timeoutMs from its start to its end (default 20 s); after it all is undone
   * @throws Fault DATABASE_DOWN without a connection or after that time; what `work` throws
   */
  sqlTx<T>(work: (sql: Sql) => Promise<T>, options?: Pick<TxOptions, 'timeoutMs'>): Promise<T>;
}

/**
 * The database as repositories see it. Every failure of the driver leaves it as a fault (see `toDriverFault`).
 *
 * @example
 * const key = await db.prisma.licenceKey.findUnique({ where: { keyValue } });
 */
export interface Database extends Sql {
  readonly prisma: Queries;
  /**
   * Runs `work` as one transaction (read committed): all or nothing. Inside, use the database that `work` is handed and no other.
   * A `tx` within a `tx` is part of the outer one. Deadlocks and serialization failures are tried again, three times at most, so
   * `work` may run more than once. A failed statement ends the transaction, caught or not: use `ON CONFLICT` where one may fail.
   */
  tx<T>(work: (db: Database) => Promise<T>, options?: TxOptions): Promise<T>;
  /** The connections as they are now; only PostgreSQL has a pool of them, and a transaction has none of its own. */
  pool?(): PoolState;
  /** Whether the database answers. @throws Fault DATABASE_DOWN after 2 s at most */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connections to PostgreSQL, counted. */
export interface PoolState {
  readonly max: number;
  /** Those that are open, whether they work or rest. */
  readonly total: number;
  readonly idle: number;
  /** Queries that wait for one. */
  readonly waiting: number;
}

const RETRIES_AT_MOST = 3;
const PING_MS = 2_000;
const MAX_WAIT_MS = 15_000;
const TIMEOUT_MS = 20_000;

/** The way to the database past Prisma. */
export interface PlainSql {
  readonly run: RunRaw;
  /** Runs `work` as one transaction, once. */
  transact<T>(timeoutMs: number, work: (run: RunRaw) => Promise<T>): Promise<T>;
}

type RunRaw = (sql: Prisma.Sql) => Promise<RawResult>;

/** What {@link createDatabase} builds upon. */
export interface DatabaseParts {
  readonly kind: Database['kind'];
  readonly adapter: SqlDriverAdapterFactory;
  /** Runs what needs no models past Prisma; within `tx` everything goes through it. */
  readonly plainSql: PlainSql;
  readonly pool?: () => PoolState;
  /** Called once Prisma has let go of the adapter. */
  readonly close: () => Promise<void>;
}

/**
 * Builds a `Database` over a driver adapter. Prisma's client is made by whoever asks for a model or a transaction of them first: it
 * and its compiler of queries hold 40 MB, and take a fifth of a second to start.
 */
export function createDatabase({ kind, adapter, plainSql, pool, close }: DatabaseParts): Database {
  let made: MadeClient | undefined;
  const client = () => {
    made ??= makeClient(adapter);
    return made.client;
  };
  const tx: Database['tx'] = (work, options) => retryConflicts(() => runTx(kind, client(), work, options));
  let closing: Promise<void> | undefined;
  return {
    kind,
    get prisma() {
      return client();
    },
    ...pastPrisma(plainSql.run),
    tx,
    sqlTx: (work, options) => retryConflicts(() => runSqlTx(kind, plainSql.transact, work, options)),
    ...(pool === undefined ? {} : { pool }),
    close: () => {
      closing ??= Promise.resolve(made?.disconnect()).then(close);
      return closing;
    },
  };
}

interface MadeClient {
  readonly client: Queries & TxClient;
  disconnect(): Promise<void>;
}

function makeClient(adapter: SqlDriverAdapterFactory): MadeClient {
  const plain = new PrismaClient({ adapter, errorFormat: 'minimal' });
  const extended = plain.$extends({ query: { $allOperations: ({ args, query }) => query(args).catch(rethrow) } });
  // The extension says errors as faults and changes no type, but Prisma gives it types of its own.
  return { client: extended as unknown as Queries & TxClient, disconnect: () => plain.$disconnect() };
}

type Statements = Pick<Database, 'query' | 'execute' | 'ping'>;

function throughPrisma(prisma: Queries): Statements {
  return withPing({
    query: (strings, ...values) => prisma.$queryRaw(strings, ...values),
    execute: (strings, ...values) => prisma.$executeRaw(strings, ...values),
  });
}

function pastPrisma(run: RunRaw): Statements {
  const send = (strings: TemplateStringsArray | Prisma.Sql, values: readonly unknown[]) => run(toSql(strings, values)).catch(rethrow);
  return withPing({
    // The caller names the row's type, as with Prisma's own raw queries.
    query: async <T>(strings: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => (await send(strings, values)).rows as T[],
    execute: async (strings, ...values) => (await send(strings, values)).count,
  });
}

function withPing(statements: Omit<Statements, 'ping'>): Statements {
  return { ...statements, ping: () => withinTime(statements.query`SELECT 1`, PING_MS) };
}

function toSql(strings: TemplateStringsArray | Prisma.Sql, values: readonly unknown[]): Prisma.Sql {
  return strings instanceof Prisma.Sql ? strings : new Prisma.Sql(strings, values);
}

/** The one form of Prisma's `$transaction` that is used. */
interface TxClient {
  $transaction<T>(work: (prisma: Queries) => Promise<T>, options: { readonly maxWait: number; readonly timeout: number }): Promise<T>;
}

function runTx<T>(kind: Database['kind'], client: TxClient, work: (db: Database) => Promise<T>, options: TxOptions = {}): Promise<T> {
  const limits = { maxWait: options.maxWaitMs ?? MAX_WAIT_MS, timeout: options.timeoutMs ?? TIMEOUT_MS };
  const open = (prisma: Queries): Database => {
    const inner: Database = {
      kind,
      prisma,
      ...throughPrisma(prisma),
      tx: (nested) => nested(inner),
      sqlTx: (nested) => nested(inner),
      close: () => Promise.reject(new Error('A transaction cannot close the database.')),
    };
    return inner;
  };
  return tellApart(work, (watched) => client.$transaction((prisma) => watched(open(prisma)), limits));
}

function runSqlTx<T>(
  kind: Database['kind'],
  transact: PlainSql['transact'],
  work: (sql: Sql) => Promise<T>,
  { timeoutMs = TIMEOUT_MS }: Pick<TxOptions, 'timeoutMs'> = {},
): Promise<T> {
  const open = (run: RunRaw): Sql => {
    const inner: Sql = { kind, ...pastPrisma(run), sqlTx: (nested) => nested(inner) };
    return inner;
  };
  return tellApart(work, (watched) => transact(timeoutMs, (run) => watched(open(run))));
}

/** What `work` throws is its own affair and stays as it is; the rest (no connection, failed commit) is the database's: a fault. */
async function tellApart<In, T>(work: (db: In) => Promise<T>, transact: (watched: (db: In) => Promise<T>) => Promise<T>): Promise<T> {
  let thrown: { readonly error: unknown } | undefined;
  const watched = async (db: In): Promise<T> => {
    try {
      return await work(db);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  };
  try {
    return await transact(watched);
  } catch (error) {
    throw thrown === undefined ? toDriverFault(error) : thrown.error;
  }
}

async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof WriteConflict) || retries === RETRIES_AT_MOST) throw error;
      // The others of a deadlock go first; chance keeps two losers from meeting again.
      await sleep(Math.random() * 20 * 4 ** retries);
    }
  }
}

async function withinTime(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('DATABASE_DOWN', { internal: `no answer within ${ms} ms` })), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function rethrow(error: unknown): never {
  throw toDriverFault(error);
}
