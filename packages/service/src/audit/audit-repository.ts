import type { Database } from '@gatehouse/db';
import type { ChainedRow } from './audit-chain.ts';
import type { SignedCheckpoint } from './checkpoint.ts';

/** The writers that the audit log or its checkpoints name. Walks the index from writer to writer, so it reads few rows of many. */
export async function listWriters(db: Database): Promise<string[]> {
  const rows = await db.query<{ writer: string }>`
    WITH RECURSIVE writers AS (
      (SELECT min(writer) AS writer FROM audit_log)
      UNION ALL
      SELECT (SELECT min(writer) FROM audit_log WHERE writer > writers.writer) FROM writers WHERE writers.writer IS NOT NULL
    )
    SELECT writer FROM writers WHERE writer IS NOT NULL UNION SELECT writer FROM audit_checkpoints ORDER BY writer`;
  return rows.map(({ writer }) => writer);
}

/** The next rows of a writer's chain. */
export function readChain(db: Database, writer: string, afterSeq: bigint, limit: number): Promise<ChainedRow[]> {
  return db.query<ChainedRow>`
    SELECT at, request_id AS "requestId", dialect, endpoint, principal, owner_id AS "ownerId", key_last4 AS "keyLast4", address, outcome,
      status, duration_ms AS "durationMs", writer, seq, mac
    FROM audit_log WHERE writer = ${writer} AND seq > ${afterSeq} ORDER BY seq LIMIT ${limit}`;
}

/** The checkpoints of a writer, the first first. */
export async function readCheckpoints(db: Database, writer: string): Promise<SignedCheckpoint[]> {
  return db.query<SignedCheckpoint>`
    SELECT writer, seq, mac, at, reason, signature FROM audit_checkpoints WHERE writer = ${writer} ORDER BY seq, id`;
}

/** A hundred checkpoints of any writers, the newest first. */
export async function readNewestCheckpoints(db: Database): Promise<SignedCheckpoint[]> {
  return db.query<SignedCheckpoint>`
    SELECT writer, seq, mac, at, reason, signature FROM audit_checkpoints ORDER BY id DESC LIMIT 100`;
}
