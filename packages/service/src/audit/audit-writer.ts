import { randomUUID } from 'node:crypto';
import { type Database, UniqueViolation, type Vault } from '@gatehouse/db';
import { type Attempt, createBatchWriter, type Logger } from '@gatehouse/http';
import { CHAIN_PURPOSE, CHAIN_START, type ChainTail, chainAttempts, describeAttempt, type RowToWrite } from './audit-chain.ts';
import type { CheckpointReason } from './checkpoint.ts';
import { type CheckpointKeeper, createCheckpointKeeper } from './checkpoint-keeper.ts';

/** Takes every attempt at an API and writes it to the audit log in batches, off the request's path. */
export interface AuditWriter {
  /** Never waits, never throws. */
  record(attempt: Attempt): void;
  flush(): Promise<void>;
  /** Writes what is left, and a last checkpoint. */
  close(): Promise<void>;
  /** What keeps the checkpoints of this process. */
  readonly checkpoints: CheckpointKeeper;
}

/** What {@link createAuditWriter} takes. */
export interface AuditWriterOptions {
  readonly db: Database;
  readonly vault: Vault;
  readonly log: Logger;
  readonly clock: () => Date;
  /** The process: `licensing`. Names its chain. */
  readonly name: string;
  /** Where checkpoints are kept beside the database (see `createCheckpointKeeper`). */
  readonly dataDir?: string | undefined;
}

const INTERVAL_MS = 500;
const MAX_ITEMS = 500;
const MAX_WAITING = 100_000;
const CHECKPOINT_MS = 60_000;

/**
 * Makes the audit writer of one process. Its rows are a chain: each carries an HMAC over itself and the one before,
 * under a key that only the holder of `DATA_KEY` has, so that a row changed or taken out shows. Checkpoints, which stand
 * outside the database too, show that an end was cut off.
 */
export function createAuditWriter({ db, vault, log, clock, name, dataDir }: AuditWriterOptions): AuditWriter {
  const key = vault.derive(CHAIN_PURPOSE);
  const checkpoints = createCheckpointKeeper({ db, vault, log, dataDir });
  const writer = `${name}-${randomUUID()}`;
  let tail = CHAIN_START;
  let vouchedFor = tail;

  async function vouch(reason: CheckpointReason): Promise<void> {
    const point = tail;
    if (point.seq === vouchedFor.seq && (reason !== 'shutdown' || point.seq === 0n)) return;
    try {
      await checkpoints.keep({ writer, ...point, at: clock(), reason });
      vouchedFor = point;
    } catch (error) {
      log.warn({ err: error }, 'a checkpoint of the audit log waits for the database');
    }
  }

  const batches = createBatchWriter<string>({
    intervalMs: INTERVAL_MS,
    maxItems: MAX_ITEMS,
    maxWaiting: MAX_WAITING,
    async write(described) {
      const isFirst = tail === CHAIN_START;
      // Only once they are written: a batch that failed is linked anew.
      tail = await append(db, writer, chainAttempts(described, writer, tail, key));
      if (isFirst) await vouch('start');
    },
    onError: (error, waiting) => log.warn({ err: error, waiting }, 'audit rows wait for the database'),
    onDropped: (count) => log.error({ count }, 'audit rows were dropped: the database has been away for too long'),
  });
  const timer = setInterval(() => void vouch('interval'), CHECKPOINT_MS).unref();
  return {
    record: (attempt) => batches.add(describeAttempt(attempt)),
    flush: () => batches.flush(),
    checkpoints,
    async close() {
      clearInterval(timer);
      await batches.close();
      await vouch('shutdown');
    },
  };
}

/**
 * Writes rows, of which some may be there already: a connection can break after the commit and before its answer, and the batch then
 * comes again, perhaps with more behind it.
 * @returns the tail of the chain
 */
async function append(db: Database, writer: string, rows: readonly RowToWrite[]): Promise<ChainTail> {
  const last = rows.at(-1);
  if (last === undefined) throw new Error('a batch is never empty');
  try {
    await insert(db, rows);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    const [kept] = await db.query<ChainTail>`
      SELECT seq, mac FROM audit_log WHERE writer = ${writer} ORDER BY seq DESC LIMIT 1`;
    const missing = kept === undefined ? rows : rows.filter(({ seq }) => seq > kept.seq);
    if (missing.length > 0) await insert(db, missing);
  }
  return { seq: last.seq, mac: last.mac };
}

/** One statement a batch. Arrays, since objects would take PostgreSQL several times as long to read. */
async function insert(db: Database, rows: readonly RowToWrite[]): Promise<void> {
  const list = rows.map(({ columns, mac }) => `${columns.slice(0, -1)},"${mac.toString('hex')}"]`).join();
  await db.execute`
    WITH written AS (
      INSERT INTO audit_log (at, request_id, dialect, endpoint, principal, owner_id, key_last4, address, outcome, status, duration_ms, writer, seq, mac)
      SELECT (c->>0)::timestamptz, c->>1, c->>2, c->>3, c->>4, (c->>5)::int, c->>6, c->>7, c->>8, (c->>9)::int, (c->>10)::int, c->>11,
        (c->>12)::bigint, decode(c->>13, 'hex')
      FROM jsonb_array_elements(${`[${list}]`}::text::jsonb) AS row (c)
      RETURNING at, dialect, status
    )
    INSERT INTO audit_counts (minute, dialect, requests, refusals)
    SELECT date_trunc('minute', at, 'UTC'), dialect, count(*), count(*) FILTER (WHERE status >= 400)
    FROM written GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (minute, dialect) DO UPDATE
    SET requests = audit_counts.requests + excluded.requests, refusals = audit_counts.refusals + excluded.refusals`;
}
