import { pruneBatches } from '../bulk/import-batches.ts';
import type { ServiceDeps } from '../deps.ts';
import { pruneAudit } from './prune-audit.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The hour of the night in UTC. */
const NIGHT_HOUR = 3;
/** Twice within the hour: a run that comes late is still within it, and a second run finds nothing. */
const INTERVAL_MS = 30 * 60 * 1000;
/** A start has better things to do first. */
const FIRST_RUN_MS = 30 * 1000;

/** Forgets at start and every night what is older than it is kept: audit rows, answers kept for a retry, imports that nobody finished. */
export function startAuditUpkeep(deps: ServiceDeps): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = running.then(() => runAuditUpkeep(deps));
  };
  const first = setTimeout(run, FIRST_RUN_MS).unref();
  const timer = setInterval(() => {
    if (deps.clock().getUTCHours() === NIGHT_HOUR) run();
  }, INTERVAL_MS).unref();
  return {
    async close() {
      clearTimeout(first);
      clearInterval(timer);
      await running;
    },
  };
}

/** One run; a failure is logged, and tried again at the next one. */
export async function runAuditUpkeep({ db, log, clock, settings, audit, idempotency }: ServiceDeps): Promise<void> {
  try {
    const { auditRetentionDays } = await settings();
    const now = clock();
    const rows = await pruneAudit(db, audit.checkpoints, new Date(now.getTime() - auditRetentionDays * DAY_MS), now);
    const answers = await idempotency.prune();
    const imports = await pruneBatches(db, now);
    if (rows + answers + imports > 0) log.info({ rows, answers, imports }, 'deleted audit rows, kept answers and imports that are too old');
  } catch (error) {
    log.warn({ err: error }, 'what is too old in the audit log was not deleted');
  }
}
