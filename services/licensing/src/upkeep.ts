import type { ServiceDeps } from '@gatehouse/service';
import { foldAllKeyCounts } from './keys/key-counts.ts';
import { foldAllPartCounts } from './keys/part-counts.ts';
import { pruneVerifyUses } from './verify/verify-repository.ts';
import { pruneWebApi } from './web-api/prune-web-api.ts';

const INTERVAL_MS = 60_000;

/** Does once a minute what no request waits for: forgets what can no longer be asked for again, folds counts of keys. */
export function startUpkeep({ db, clock, log }: ServiceDeps): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    try {
      await pruneVerifyUses(db, clock());
      await foldAllKeyCounts(db);
      await foldAllPartCounts(db);
      await pruneWebApi(db, clock());
    } catch (error) {
      log.warn({ err: error }, 'upkeep of licence keys failed; it is tried again in a minute');
    }
  }

  const timer = setInterval(() => {
    running = running.then(work);
  }, INTERVAL_MS).unref();
  return {
    close() {
      clearInterval(timer);
      return running;
    },
  };
}
