import type { Database, Vault } from '@gatehouse/db';
import type { Logger } from '@gatehouse/http';
import { type Checkpoint, type SignedCheckpoint, signCheckpoint, toCheckpointRecord } from './checkpoint.ts';
import { openCheckpointFile } from './checkpoint-file.ts';

/** Keeps checkpoints of the audit log in the database and outside it, so that a cut-off tail is visible. */
export interface CheckpointKeeper {
  /** Keeps one in both places. */
  keep(checkpoint: Checkpoint): Promise<void>;
  /** Writes one into the database only, in whatever transaction `db` is; {@link tell} it once that is committed. */
  insert(db: Database, checkpoint: Checkpoint): Promise<SignedCheckpoint>;
  /** Writes one outside the database. Never throws. */
  tell(checkpoint: SignedCheckpoint): Promise<void>;
  /** What was written to the data directory. */
  told(): Promise<SignedCheckpoint[]>;
}

/** What {@link createCheckpointKeeper} takes. */
export interface CheckpointKeeperOptions {
  readonly db: Database;
  readonly vault: Vault;
  /** Every checkpoint is a line of it. */
  readonly log: Logger;
  /** Where `audit-checkpoints.log` stands; without one the log alone is outside the database. */
  readonly dataDir: string | undefined;
}

/** Makes the keeper of a process. */
export function createCheckpointKeeper({ db, vault, log, dataDir }: CheckpointKeeperOptions): CheckpointKeeper {
  const file = dataDir === undefined ? undefined : openCheckpointFile(dataDir);

  async function insert(inner: Database, checkpoint: Checkpoint): Promise<SignedCheckpoint> {
    const signed = signCheckpoint(checkpoint, vault);
    const { writer, seq, mac, at, reason, signature } = signed;
    // Each vouches for all before it: of those that come every minute the newest is enough.
    await inner.execute`
      WITH replaced AS (DELETE FROM audit_checkpoints WHERE writer = ${writer} AND seq <= ${seq} AND reason = 'interval')
      INSERT INTO audit_checkpoints (writer, seq, mac, at, reason, signature)
      VALUES (${writer}, ${seq}, ${mac}, ${at}, ${reason}, ${signature})`;
    return signed;
  }

  async function tell(checkpoint: SignedCheckpoint): Promise<void> {
    log.info({ audit_checkpoint: toCheckpointRecord(checkpoint) }, 'audit checkpoint');
    try {
      await file?.append(checkpoint);
    } catch (error) {
      log.warn({ err: error }, 'a checkpoint of the audit log could not be written to DATA_DIR');
    }
  }

  return {
    insert,
    tell,
    keep: async (checkpoint) => tell(await insert(db, checkpoint)),
    told: async () => (await file?.read()) ?? [],
  };
}
