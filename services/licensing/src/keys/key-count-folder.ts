import type { Database } from '@gatehouse/db';
import type { Logger } from '@gatehouse/http';
import { foldSellerKeyCounts } from './key-counts.ts';
import { foldSellerPartCounts } from './part-counts.ts';

/** Folds pending changes of counts where many have gathered, off the request's path. */
export interface KeyCountFolder {
  /** Never waits, never throws. @param pending how many changes a list just had to add up */
  suggest(userId: number, pending: { readonly counts: number; readonly parts: number }): void;
}

/** Adding up fewer costs a list nothing that could be measured. A change of parts may hold the texts of a whole batch. */
const WORTH_FOLDING = { counts: 500, parts: 50 };

/** Makes the folder of one process; several may fold the same seller's changes at once. */
export function createKeyCountFolder(db: Database, log: Logger): KeyCountFolder {
  const busy = new Set<number>();

  return {
    suggest(userId, pending) {
      if ((pending.counts < WORTH_FOLDING.counts && pending.parts < WORTH_FOLDING.parts) || busy.has(userId)) return;
      busy.add(userId);
      foldSellerKeyCounts(db, userId)
        .then(() => foldSellerPartCounts(db, userId))
        .catch((error: unknown) => log.warn({ err: error }, 'counts of keys were not folded'))
        .finally(() => busy.delete(userId));
    },
  };
}
