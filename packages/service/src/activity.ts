import type { Database } from '@gatehouse/db';
import { createBatchWriter, type Logger } from '@gatehouse/http';

/** The last use of an account, by a credential or without one. */
interface Use {
  readonly userId: number;
  readonly credentialId: number | null;
  at: Date;
}

/** Notes that accounts and their credentials are in use, in batches: felt everywhere within a second. */
export interface Activity {
  /** Never waits, never throws. */
  note(userId: number, credentialId: number | null, at: Date): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

const INTERVAL_MS = 500;
const MAX_ITEMS = 1_000;
const MAX_WAITING = 10_000;

/** Writes `users.last_active_at` and `credentials.last_used_at`; times only move forward. */
export function createActivity(db: Database, log: Logger): Activity {
  /** Those that wait and are not being written, by credential or by user: however often one is used, its last time is written. */
  const waiting = new Map<number, Use>();
  const writer = createBatchWriter<Use>({
    intervalMs: INTERVAL_MS,
    maxItems: MAX_ITEMS,
    maxWaiting: MAX_WAITING,
    write: (uses) => {
      waiting.clear();
      return write(db, uses);
    },
    onError: (error, count) => log.warn({ err: error, waiting: count }, 'activity is not written yet'),
    // One of them could be among those that were dropped.
    onDropped: () => waiting.clear(),
  });
  return {
    note(userId, credentialId, at) {
      const id = credentialId ?? -userId;
      const known = waiting.get(id);
      if (known !== undefined) {
        if (known.at < at) known.at = at;
        return;
      }
      const use = { userId, credentialId, at };
      waiting.set(id, use);
      writer.add(use);
    },
    flush: () => writer.flush(),
    close: () => writer.close(),
  };
}

async function write(db: Database, uses: readonly Use[]): Promise<void> {
  const users = latest(uses, ({ userId }) => userId);
  const credentials = latest(uses, ({ credentialId }) => credentialId);
  // Ordered, so that two processes that write the same rows cannot lock each other out.
  await db.execute`
    UPDATE users SET last_active_at = use.at
    FROM (SELECT target.id, seen.at FROM users target
          JOIN unnest(${[...users.keys()]}::int[], ${[...users.values()]}::timestamptz[]) AS seen(id, at) USING (id)
          ORDER BY target.id FOR UPDATE OF target) AS use
    WHERE users.id = use.id AND (users.last_active_at IS NULL OR users.last_active_at < use.at)`;
  if (credentials.size === 0) return;
  await db.execute`
    UPDATE credentials SET last_used_at = use.at
    FROM (SELECT target.id, seen.at FROM credentials target
          JOIN unnest(${[...credentials.keys()]}::int[], ${[...credentials.values()]}::timestamptz[]) AS seen(id, at) USING (id)
          ORDER BY target.id FOR UPDATE OF target) AS use
    WHERE credentials.id = use.id AND (credentials.last_used_at IS NULL OR credentials.last_used_at < use.at)`;
}

function latest(uses: readonly Use[], idOf: (use: Use) => number | null): Map<number, Date> {
  const found = new Map<number, Date>();
  for (const use of uses) {
    const id = idOf(use);
    if (id === null) continue;
    const before = found.get(id);
    if (before === undefined || before < use.at) found.set(id, use.at);
  }
  return found;
}
