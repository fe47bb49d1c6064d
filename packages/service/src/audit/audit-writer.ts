import { randomUUID } from 'node:crypto';
import { type Database, UniqueViolation, type Vault } from '@gatehouse/db';
import { type Attempt, createBatchWriter, type Logger } from '@gatehouse/http';
import { CHAIN_PURPOSE, CHAIN_START, type ChainedRow, type ChainTail, chainAttempts } from './audit-chain.ts';
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

  const batches = createBatchWriter<Attempt>({
    intervalMs: INTERVAL_MS,
    maxItems: MAX_ITEMS,
    maxWaiting: MAX_WAITING,
    async write(attempts) {
      const isFirst = tail === CHAIN_START;
      // Only once they are written: a batch that failed is linked anew.
      tail = await append(db, chainAttempts(attempts, writer, tail, key));
      if (isFirst) await vouch('start');
    },
    onError: (error, waiting) => log.warn({ err: error, waiting }, 'audit rows wait for the database'),
    onDropped: (count) => log.error({ count }, 'audit rows were dropped: the database has been away for too long'),
  });
  const timer = setInterval(() => void vouch('interval'), CHECKPOINT_MS).unref();
  return {
    record: (attempt) => batches.add(attempt),
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
async function append(db: Database, rows: readonly ChainedRow[]): Promise<ChainTail> {
  const last = rows.at(-1);
  if (last === undefined) throw new Error('a batch is never empty');
  try {
    await insert(db, rows);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    const [kept] = await db.query<ChainTail>`
      SELECT seq, mac FROM audit_log WHERE writer = ${last.writer} ORDER BY seq DESC LIMIT 1`;
    const missing = kept === undefined ? rows : rows.filter(({ seq }) => seq > kept.seq);
    if (missing.length > 0) await insert(db, missing);
  }
  return { seq: last.seq, mac: last.mac };
}

/** One statement a batch. */
async function insert(db: Database, rows: readonly ChainedRow[]): Promise<void> {
  await db.execute`
    WITH written AS (
      INSERT INTO audit_log (at, request_id, dialect, endpoint, principal, owner_id, key_last4, address, outcome, status, duration_ms, writer, seq, mac)
      SELECT at, request_id, dialect, endpoint, principal, owner_id, key_last4, address, outcome, status, duration_ms, writer, seq, decode(mac, 'hex')
      FROM jsonb_to_recordset(${JSON.stringify(rows.map(toColumns))}::text::jsonb) AS row (at timestamptz, request_id text, dialect text,
        endpoint text, principal text, owner_id int, key_last4 text, address text, outcome text, status int, duration_ms int, writer text,
        seq bigint, mac text)
      RETURNING at, dialect, status
    )
    INSERT INTO audit_counts (minute, dialect, requests, refusals)
    SELECT date_trunc('minute', at, 'UTC'), dialect, count(*), count(*) FILTER (WHERE status >= 400)
    FROM written GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (minute, dialect) DO UPDATE
    SET requests = audit_counts.requests + excluded.requests, refusals = audit_counts.refusals + excluded.refusals`;
}

function toColumns(row: ChainedRow) {
  return {
    at: row.at,
    request_id: row.requestId,
    dialect: row.dialect,
    endpoint: row.endpoint,
    principal: row.principal,
    owner_id: row.ownerId,
    key_last4: row.keyLast4,
    address: row.address,
    outcome: row.outcome,
    status: row.status,
    duration_ms: row.durationMs,
    writer: row.writer,
    seq: String(row.seq),
    mac: Buffer.from(row.mac).toString('hex'),
  };
}
