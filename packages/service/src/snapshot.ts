import type { Versions } from '@gatehouse/limits';

/** What a snapshot is made of. */
export interface SnapshotOptions<T> {
  readonly versions: Versions;
  /** The version that is touched when the thing changes. */
  readonly name: string;
  readonly load: () => Promise<T>;
}

/**
 * Remembers one thing that all requests need and few change (settings, plans). Each call asks for the version,
 * in the same round trip as the limiter, and loads anew when it has changed or cannot be told.
 */
export function createSnapshot<T>({ versions, name, load }: SnapshotOptions<T>): () => Promise<T> {
  let kept: { readonly value: T; readonly version: string; readonly epoch: number; readonly at: number } | undefined;
  return async () => {
    const epoch = versions.epoch();
    const read = await versions.read([name]);
    if (read === 'unknown') return load();
    const version = read[0] ?? '';
    const now = performance.now();
    if (kept?.version === version && kept.epoch === versions.epoch() && now - kept.at < versions.maxAgeMs) return kept.value;
    const value = await load();
    // Read before the load, so that a change in between leaves a version that no longer matches.
    kept = { value, version, epoch, at: now };
    return value;
  };
}
