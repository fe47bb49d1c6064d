import type { ServiceDeps } from '@gatehouse/service';
import { SILENCE_MS } from './login-repository.ts';

const INTERVAL_MS = 30_000;

/**
 * Ends sessions of access points that went silent for three of their intervals, as of when they were heard last. One that reports
 * again later is on line again.
 * @returns how many
 */
export function sweepStaleSessions({ db, clock }: Pick<ServiceDeps, 'db' | 'clock'>): Promise<number> {
  const silentSince = new Date(clock().getTime() - SILENCE_MS);
  return db.execute`
    UPDATE guest_sessions SET ended_at = last_update_at, terminate_cause = 'stale'
    WHERE ended_at IS NULL AND last_update_at < ${silentSince}`;
}

/** Sweeps twice a minute. Several processes may: they find what is left. */
export function startSweeping(deps: ServiceDeps): { close(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const sweep = () => sweepStaleSessions(deps).catch((error: unknown) => deps.log.warn({ err: error }, 'stale sessions were not ended'));
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, INTERVAL_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
