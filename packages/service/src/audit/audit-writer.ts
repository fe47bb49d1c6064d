import { createHmac, randomUUID } from 'node:crypto';
import type { Database, Vault } from '@gatehouse/db';
import { type Attempt, type Logger, redact } from '@gatehouse/http';
import { createBatchWriter } from './batch-writer.ts';

/** Takes every attempt at an API and writes it to the audit log in batches, off the request's path. */
export interface AuditWriter {
  /** Never waits, never throws. */
  record(attempt: Attempt): void;
  flush(): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}

const INTERVAL_MS = 500;
const MAX_ITEMS = 500;
const MAX_WAITING = 100_000;

/**
 * Makes the audit writer of one process. Its rows are a chain: each carries an HMAC over itself and the one before,
 * under a key that only the holder of `DATA_KEY` has, so that a row changed or taken out shows.
 */
export function createAuditWriter(db: Database, vault: Vault, log: Logger, name: string): AuditWriter {
  const key = vault.derive('audit-chain');
  const writer = `${name}-${randomUUID()}`;
  let seq = 0n;
  let mac: Buffer = Buffer.alloc(32);
  const batches = createBatchWriter<Attempt>({
    intervalMs: INTERVAL_MS,
    maxItems: MAX_ITEMS,
    maxWaiting: MAX_WAITING,
    async write(attempts) {
      const rows = chain(attempts, writer, seq, mac, key);
      await insert(db, rows);
      const last = rows.at(-1);
      // Only once they are written: a batch that failed is linked anew.
      if (last !== undefined) [seq, mac] = [last.seq, last.mac];
    },
    onError: (error, waiting) => log.warn({ err: error, waiting }, 'audit rows wait for the database'),
    onDropped: (count) => log.error({ count }, 'audit rows were dropped: the database has been away for too long'),
  });
  return {
    record: (attempt) => batches.add(attempt),
    flush: () => batches.flush(),
    close: () => batches.close(),
  };
}

/** A row of `audit_log` as it is written and as its chain is computed. */
export interface AuditRow {
  readonly at: Date;
  readonly requestId: string;
  readonly dialect: string;
  readonly endpoint: string;
  readonly principal: string | null;
  readonly ownerId: number | null;
  readonly keyLast4: string | null;
  readonly address: string;
  readonly outcome: string;
  readonly status: number;
  readonly durationMs: number;
  readonly writer: string;
  readonly seq: bigint;
}

/** The HMAC of a row of the chain: over the one before it and every column. */
export function chainMac(row: AuditRow, before: Buffer, key: Buffer): Buffer {
  const columns = [
    row.at.toISOString(),
    row.requestId,
    row.dialect,
    row.endpoint,
    row.principal,
    row.ownerId,
    row.keyLast4,
    row.address,
    row.outcome,
    row.status,
    row.durationMs,
    row.writer,
    String(row.seq),
  ];
  return createHmac('sha256', key).update(before).update(JSON.stringify(columns)).digest();
}

function chain(attempts: readonly Attempt[], writer: string, seq: bigint, mac: Buffer, key: Buffer): (AuditRow & { mac: Buffer })[] {
  let before = mac;
  return attempts.map((attempt, index) => {
    const row: AuditRow = {
      at: attempt.at,
      requestId: clip(attempt.requestId),
      dialect: attempt.dialect,
      endpoint: clip(redact(attempt.endpoint)),
      principal: attempt.principal ?? null,
      ownerId: attempt.ownerId ?? null,
      keyLast4: attempt.last4?.slice(-4) ?? null,
      address: attempt.address,
      outcome: clip(redact(attempt.outcome)),
      status: attempt.status,
      durationMs: Math.round(attempt.durationMs),
      writer,
      seq: seq + BigInt(index) + 1n,
    };
    before = chainMac(row, before, key);
    return { ...row, mac: before };
  });
}

/** One statement a batch: rows travel as arrays, one a column. */
async function insert(db: Database, rows: readonly (AuditRow & { mac: Buffer })[]): Promise<void> {
  const column = <T>(pick: (row: AuditRow & { mac: Buffer }) => T) => rows.map(pick);
  await db.execute`
    WITH written AS (
      INSERT INTO audit_log (at, request_id, dialect, endpoint, principal, owner_id, key_last4, address, outcome, status, duration_ms, writer, seq, mac)
      SELECT at, request_id, dialect, endpoint, principal, owner_id, key_last4, address, outcome, status, duration_ms, writer, seq, decode(mac, 'hex')
      FROM unnest(
        ${column((row) => row.at)}::timestamptz[], ${column((row) => row.requestId)}::text[], ${column((row) => row.dialect)}::text[],
        ${column((row) => row.endpoint)}::text[], ${column((row) => row.principal)}::text[], ${column((row) => row.ownerId)}::int[],
        ${column((row) => row.keyLast4)}::text[], ${column((row) => row.address)}::text[], ${column((row) => row.outcome)}::text[],
        ${column((row) => row.status)}::int[], ${column((row) => row.durationMs)}::int[], ${column((row) => row.writer)}::text[],
        ${column((row) => row.seq)}::bigint[], ${column((row) => row.mac.toString('hex'))}::text[]
      ) AS row(at, request_id, dialect, endpoint, principal, owner_id, key_last4, address, outcome, status, duration_ms, writer, seq, mac)
      RETURNING at, dialect, status
    )
    INSERT INTO audit_counts (minute, dialect, requests, refusals)
    SELECT date_trunc('minute', at, 'UTC'), dialect, count(*), count(*) FILTER (WHERE status >= 400)
    FROM written GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (minute, dialect) DO UPDATE
    SET requests = audit_counts.requests + excluded.requests, refusals = audit_counts.refusals + excluded.refusals`;
}

function clip(text: string): string {
  return text.slice(0, 200);
}
