import type { Database } from '@gatehouse/db';
import { listWriters, readChain } from './audit-repository.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import type { CheckpointKeeper } from './checkpoint-keeper.ts';

/** Rows deleted by one transaction: more would hold their locks, and the log of the database, for too long. */
const BATCH_ROWS = 2_000;

/**
 * Deletes what the audit log has from before a time. A chain loses its beginning only, so that what is left still links; a signed
 * checkpoint stays in its place and tells deleted from removed. Several processes may do it at once.
 * @returns how many rows were deleted
 */
export async function pruneAudit(db: Database, checkpoints: CheckpointKeeper, before: Date, now: Date): Promise<number> {
  let total = 0;
  for (const writer of await listWriters(db)) {
    let last: SignedCheckpoint | undefined;
    for (;;) {
      const pruned = await db.tx((tx) => pruneBatch(tx, checkpoints, writer, before, now));
      if (pruned === null) break;
      total += pruned.count;
      last = pruned.checkpoint;
    }
    // The last one says all that those before it did.
    if (last !== undefined) await checkpoints.tell(last);
  }
  await db.execute`DELETE FROM audit_counts WHERE minute < ${before}`;
  return total;
}

async function pruneBatch(
  tx: Database,
  checkpoints: CheckpointKeeper,
  writer: string,
  before: Date,
  now: Date,
): Promise<{ readonly count: number; readonly checkpoint: SignedCheckpoint } | null> {
  // Held until the end of the transaction: of two processes at the same writer the second sees what the first one left.
  await tx.query`SELECT pg_advisory_xact_lock(hashtextextended(${`audit ${writer}`}, 0))::text`;
  const rows = await readChain(tx, writer, 0n, BATCH_ROWS);
  const end = rows.findIndex(({ at }) => at >= before);
  const last = rows.at(end < 0 ? rows.length - 1 : end - 1);
  if (end === 0 || last === undefined) return null;
  await tx.execute`DELETE FROM audit_checkpoints WHERE writer = ${writer} AND seq <= ${last.seq}`;
  const checkpoint = await checkpoints.insert(tx, { writer, seq: last.seq, mac: last.mac, at: now, reason: 'pruned' });
  const count = await tx.execute`DELETE FROM audit_log WHERE writer = ${writer} AND seq <= ${last.seq}`;
  return { count, checkpoint };
}
