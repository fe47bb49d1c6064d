import type { Database, Vault } from '@gatehouse/db';
import { CHAIN_PURPOSE, CHAIN_START, type ChainedRow, type ChainTail, chainMac } from './audit-chain.ts';
import { listWriters, readChain, readCheckpoints, readNewestCheckpoints } from './audit-repository.ts';
import { createCheckpointCheck, type SignedCheckpoint } from './checkpoint.ts';

/** The first thing that is wrong with a writer's chain. */
export interface AuditProblem {
  readonly kind: 'changed' | 'removed' | 'added' | 'checkpoint';
  readonly writer: string;
  /** The row: the first one that was changed, removed or added. */
  readonly seq: bigint;
  /** Says it in a sentence. */
  readonly text: string;
}

/** How far the check has come. */
export interface AuditProgress {
  /** Rows that fitted. */
  readonly rows: number;
  readonly writers: number;
}

/** What a check found. */
export interface AuditVerdict extends AuditProgress {
  /** The first problem of each chain; none when all is as it was written. */
  readonly problems: readonly AuditProblem[];
  /** Nothing in the log fits any `DATA_KEY` that is known: more likely the key is another one than that the log was forged. */
  readonly keyUnknown: boolean;
}

/** What {@link verifyAudit} may be told. */
export interface VerifyOptions {
  /** Checkpoints that were kept outside the database: they show an end, or a whole writer, that was cut off together with its checkpoints. */
  readonly outside?: readonly SignedCheckpoint[];
  /** Rows held in memory at a time (2,000). */
  readonly batchRows?: number;
}

const PROBLEMS_AT_MOST = 100;

/**
 * Checks every chain of the audit log against its HMACs and checkpoints, in constant memory. What is written meanwhile does not disturb it.
 * @returns the verdict; yields how far it is after each piece
 */
export async function* verifyAudit(
  db: Database,
  vault: Vault,
  { outside = [], batchRows = 2_000 }: VerifyOptions = {},
): AsyncGenerator<AuditProgress, AuditVerdict> {
  const isGenuine = createCheckpointCheck(vault);
  const keys = vault.deriveAll(CHAIN_PURPOSE);
  // What others made up outside says nothing about the database.
  const vouched = outside.filter(isGenuine);
  const problems: AuditProblem[] = [];
  let rows = 0;
  let writers = 0;
  for (const writer of new Set([...(await listWriters(db)), ...vouched.map((point) => point.writer)])) {
    writers += 1;
    const walk = walkChain({ db, writer, keys, isGenuine, batchRows, outside: vouched.filter((point) => point.writer === writer) });
    for (let step = await walk.next(); ; step = await walk.next()) {
      if (step.done) {
        if (step.value !== null && problems.length < PROBLEMS_AT_MOST) problems.push(step.value);
        break;
      }
      rows += step.value;
      yield { rows, writers };
    }
  }
  const keyUnknown = rows === 0 && problems.length > 0 && !(await readNewestCheckpoints(db)).some(isGenuine);
  return { rows, writers, problems, keyUnknown };
}

interface Walk {
  readonly db: Database;
  readonly writer: string;
  readonly keys: readonly Buffer[];
  readonly isGenuine: (checkpoint: SignedCheckpoint) => boolean;
  readonly batchRows: number;
  readonly outside: readonly SignedCheckpoint[];
}

/** Walks one chain from its start to its end; yields how many rows fitted. */
async function* walkChain(walk: Walk): AsyncGenerator<number, AuditProblem | null> {
  const { db, writer, batchRows } = walk;
  // Before the rows: what a checkpoint vouches for is there by then.
  const facts = await loadFacts(walk);
  if (facts.forged !== undefined) return facts.forged;
  let { key, tail } = { key: undefined as Buffer | undefined, tail: facts.base };
  const [early] = await readChain(db, writer, 0n, 1);
  if (early !== undefined && early.seq <= tail.seq) {
    return problem('added', early, 'was deleted as too old, and is there again');
  }
  for (;;) {
    const batch = await readChain(db, writer, tail.seq, batchRows);
    for (const row of batch) {
      if (row.seq !== tail.seq + 1n) {
        // Pruned since the facts were read: begin anew from there.
        const later = (await loadFacts(walk)).base;
        if (tail.seq < later.seq) return yield* walkChain(walk);
        return removed(writer, tail.seq + 1n, row.seq - 1n);
      }
      key ??= walk.keys.find((candidate) => fits(row, tail, candidate));
      if (key === undefined || !fits(row, tail, key)) return mismatch(row, facts);
      const point = facts.points.get(row.seq);
      if (point !== undefined && Buffer.compare(point.mac, row.mac) !== 0)
        return problem('changed', row, 'is another than the one its checkpoint saw');
      tail = { seq: row.seq, mac: row.mac };
    }
    if (batch.length > 0) yield batch.length;
    if (batch.length < batchRows) break;
  }
  return tail.seq < facts.end ? removed(writer, tail.seq + 1n, facts.end) : null;
}

/** What the checkpoints say of a chain. */
interface Facts {
  /** Where it begins: its start, or the row up to which it was pruned. */
  readonly base: ChainTail;
  /** It reached at least this row. */
  readonly end: bigint;
  /** It ended here: the writer said so. */
  readonly shutdown: bigint | undefined;
  readonly points: ReadonlyMap<bigint, SignedCheckpoint>;
  readonly forged?: AuditProblem;
}

async function loadFacts({ db, writer, isGenuine, outside }: Walk): Promise<Facts> {
  const inside = await readCheckpoints(db, writer);
  const all = [...inside.filter(isGenuine), ...outside];
  const furthest = (reason: SignedCheckpoint['reason']) =>
    all
      .filter((point) => point.reason === reason)
      .reduce<SignedCheckpoint | undefined>((a, b) => (a === undefined || a.seq < b.seq ? b : a), undefined);
  const forged = inside.find((point) => !isGenuine(point));
  return {
    base: furthest('pruned') ?? CHAIN_START,
    end:
      all
        .map(({ seq }) => seq)
        .sort(compare)
        .at(-1) ?? 0n,
    shutdown: furthest('shutdown')?.seq,
    points: new Map(all.map((point) => [point.seq, point])),
    ...(forged === undefined ? {} : { forged: problem('checkpoint', forged, 'has a checkpoint that was not signed under this DATA_KEY') }),
  };
}

/** Math.max and subtraction are for numbers. */
function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function fits(row: ChainedRow, before: ChainTail, key: Buffer): boolean {
  return chainMac(row, before.mac, key).equals(row.mac);
}

function mismatch(row: ChainedRow, { end, shutdown }: Facts): AuditProblem {
  if (shutdown !== undefined && row.seq > shutdown) return problem('added', row, 'was added after its writer had ended');
  if (end === 0n && row.seq === 1n) return problem('added', row, 'was added, or its chain is under another DATA_KEY');
  if (row.seq > end) return problem('changed', row, 'was changed or added');
  return problem('changed', row, 'was changed');
}

function problem(kind: AuditProblem['kind'], { writer, seq, at }: { writer: string; seq: bigint; at: Date }, text: string): AuditProblem {
  return { kind, writer, seq, text: `Row ${seq} of ${writer} (${at.toISOString()}) ${text}.` };
}

function removed(writer: string, from: bigint, to: bigint): AuditProblem {
  const which = from === to ? `Row ${from} of ${writer} was` : `Rows ${from} to ${to} of ${writer} were`;
  return { kind: 'removed', writer, seq: from, text: `${which} removed.` };
}
