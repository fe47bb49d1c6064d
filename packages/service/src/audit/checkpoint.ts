import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Vault } from '@gatehouse/db';

/** Why a checkpoint was made: after a writer's first rows, every minute, at its end, or because rows up to it were deleted as too old. */
export type CheckpointReason = 'start' | 'interval' | 'shutdown' | 'pruned';

/** A point of a writer's chain: the row `seq` was there and had this HMAC. */
export interface Checkpoint {
  readonly writer: string;
  readonly seq: bigint;
  readonly mac: Uint8Array;
  readonly at: Date;
  readonly reason: CheckpointReason;
}

/** A checkpoint that says who vouches for it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly signature: Uint8Array;
}

const REASONS: readonly CheckpointReason[] = ['start', 'interval', 'shutdown', 'pruned'];
const PURPOSE = 'audit-checkpoint';

/** Signs a checkpoint under the current `DATA_KEY`. */
export function signCheckpoint(checkpoint: Checkpoint, vault: Vault): SignedCheckpoint {
  return { ...checkpoint, signature: sign(checkpoint, vault.derive(PURPOSE)) };
}

/** Makes the check whether a checkpoint was signed here, under the current `DATA_KEY` or one from before a rotation. */
export function createCheckpointCheck(vault: Vault): (checkpoint: SignedCheckpoint) => boolean {
  const keys = vault.deriveAll(PURPOSE);
  return (checkpoint) =>
    checkpoint.signature.length === 32 && keys.some((key) => timingSafeEqual(sign(checkpoint, key), checkpoint.signature));
}

function sign({ writer, seq, mac, at, reason }: Checkpoint, key: Buffer): Buffer {
  const fields = [writer, String(seq), Buffer.from(mac).toString('hex'), at.toISOString(), reason];
  return createHmac('sha256', key).update(JSON.stringify(fields)).digest();
}

/** A checkpoint as it is written outside the database: a member of a line of the log, or of a line of a file. */
export interface CheckpointRecord {
  readonly writer: string;
  readonly seq: string;
  readonly mac: string;
  readonly at: string;
  readonly reason: CheckpointReason;
  readonly signature: string;
}

/** The form in which a checkpoint is kept outside the database. */
export function toCheckpointRecord({ writer, seq, mac, at, reason, signature }: SignedCheckpoint): CheckpointRecord {
  return {
    writer,
    seq: String(seq),
    mac: Buffer.from(mac).toString('hex'),
    at: at.toISOString(),
    reason,
    signature: Buffer.from(signature).toString('hex'),
  };
}

/** Reads what {@link toCheckpointRecord} made. @returns null when it is something else */
export function readCheckpointRecord(value: unknown): SignedCheckpoint | null {
  if (typeof value !== 'object' || value === null) return null;
  const { writer, seq, mac, at, reason, signature } = value as Record<string, unknown>;
  const known = REASONS.find((candidate) => candidate === reason);
  if (typeof writer !== 'string' || known === undefined || typeof seq !== 'string' || !/^\d{1,18}$/.test(seq)) return null;
  if (!isHex(mac) || !isHex(signature) || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  return {
    writer,
    seq: BigInt(seq),
    mac: Buffer.from(mac, 'hex'),
    at: new Date(at),
    reason: known,
    signature: Buffer.from(signature, 'hex'),
  };
}

/**
 * The checkpoint in a line of a log or of the file of checkpoints, whatever stands before it (a container's name).
 * @returns null when there is none
 */
export function findCheckpoint(line: string): SignedCheckpoint | null {
  if (!line.includes('"audit_checkpoint"')) return null;
  try {
    const value: unknown = JSON.parse(line.slice(line.indexOf('{')));
    return typeof value === 'object' && value !== null && 'audit_checkpoint' in value ? readCheckpointRecord(value.audit_checkpoint) : null;
  } catch {
    return null;
  }
}

/** Of many checkpoints those that say all that the others do: the furthest of each writer, and the furthest that was pruned up to. */
export function newestCheckpoints(checkpoints: Iterable<SignedCheckpoint>): SignedCheckpoint[] {
  const newest = new Map<string, SignedCheckpoint>();
  for (const checkpoint of checkpoints) {
    const name = `${checkpoint.reason === 'pruned' ? 'pruned' : 'kept'} ${checkpoint.writer}`;
    const before = newest.get(name);
    if (before === undefined || before.seq <= checkpoint.seq) newest.set(name, checkpoint);
  }
  return [...newest.values()];
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
