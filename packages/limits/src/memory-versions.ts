import type { Versions } from './versions.ts';

/** Names remembered one by one; beyond that, all versions change at once. */
const LONGEST_LIST = 50_000;

/** Versions of a single process. A name never touched has a version too. */
export function createMemoryVersions({ maxAgeMs }: { maxAgeMs: number }): Versions {
  const touched = new Map<string, string>();
  let count = 0;
  let untouched = '0';

  return {
    maxAgeMs,
    read: async (names) => names.map((name) => touched.get(name) ?? untouched),
    touch: async (names) => {
      for (const name of names) touched.set(name, String(++count));
      if (touched.size <= LONGEST_LIST) return;
      // To forget one name would give it back the version it had before: forget all, under a version never used.
      touched.clear();
      untouched = String(++count);
    },
    epoch: () => 0,
  };
}
