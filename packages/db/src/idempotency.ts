import { Fault } from '@gatehouse/faults';
import type { Database } from './database.ts';
import { WriteConflict } from './driver-fault.ts';
import type { Vault } from './vault.ts';

/** What a request is known by. */
export interface IdempotentRequest {
  /** Whose key it is, such as `user:42 POST /keys`: two principals may use the same key. */
  readonly scope: string;
  /** The `Idempotency-Key` as sent. */
  readonly key: string;
  /** A hash of everything that makes the request what it is. */
  readonly requestHash: Uint8Array;
}

/** An answer as it is kept. The body is JSON, or absent. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Runs writes once for a key, however often they are asked for. */
export interface Idempotency {
  /**
   * Runs `work` in a transaction with the record of the key, or answers as the first run did. Callers with the same key at the
   * same time wait for the first. A `work` that throws leaves nothing behind, and the key free.
   * @throws Fault IDEMPOTENCY_MISMATCH when the key came with another request in the last 24 h
   */
  run(request: IdempotentRequest, work: (db: Database) => Promise<KeptAnswer>): Promise<KeptAnswer & { readonly replayed: boolean }>;
  /** Deletes records that no longer count. @returns how many */
  prune(): Promise<number>;
}

interface IdempotencyOptions {
  readonly db: Database;
  readonly vault: Vault;
  readonly clock?: () => Date;
}

const KEPT_MS = 24 * 60 * 60 * 1_000;

/** @param options.clock the time, for tests */
export function createIdempotency({ db, vault, clock = () => new Date() }: IdempotencyOptions): Idempotency {
  return {
    run: (request, work) =>
      db.tx(async (tx) => {
        if (!(await claim(tx, request, clock()))) return { ...(await recall(tx, request, vault)), replayed: true };
        const answer = await work(tx);
        await keep(tx, request, answer, vault);
        return { ...answer, replayed: false };
      }),
    prune: () => db.execute`DELETE FROM idempotency_keys WHERE created_at <= ${new Date(clock().getTime() - KEPT_MS)}`,
  };
}

/** The insert waits for whoever holds the key, so of any number at once one gets `true`. A record past its time is taken over. */
async function claim(tx: Database, { scope, key, requestHash }: IdempotentRequest, now: Date): Promise<boolean> {
  const claimed = await tx.execute`
    INSERT INTO idempotency_keys AS kept (scope, key, request_hash, created_at) VALUES (${scope}, ${key}, ${requestHash}, ${now})
    ON CONFLICT (scope, key) DO UPDATE
      SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = NULL, answer = NULL
      WHERE kept.created_at <= ${new Date(now.getTime() - KEPT_MS)}`;
  return claimed === 1;
}

async function recall(tx: Database, { scope, key, requestHash }: IdempotentRequest, vault: Vault): Promise<KeptAnswer> {
  const [kept] = await tx.query<{ request_hash: Uint8Array; status: number | null; answer: Uint8Array | null }>`
    SELECT request_hash, status, answer FROM idempotency_keys WHERE scope = ${scope} AND key = ${key}`;
  // Pruned between the two statements: begin again.
  if (kept === undefined || kept.status === null || kept.answer === null) throw new WriteConflict(undefined);
  if (Buffer.compare(kept.request_hash, requestHash) !== 0) throw new Fault('IDEMPOTENCY_MISMATCH');
  const rest: Omit<KeptAnswer, 'status'> = JSON.parse(vault.open(kept.answer, sealContext(scope, key)).toString('utf8'));
  return { status: kept.status, ...rest };
}

async function keep(tx: Database, { scope, key }: IdempotentRequest, { status, headers, body }: KeptAnswer, vault: Vault): Promise<void> {
  const answer = vault.seal(JSON.stringify({ headers, body }), sealContext(scope, key));
  await tx.execute`UPDATE idempotency_keys SET status = ${status}, answer = ${answer} WHERE scope = ${scope} AND key = ${key}`;
}

function sealContext(scope: string, key: string): string {
  return `idempotency:${scope}\n${key}`;
}
