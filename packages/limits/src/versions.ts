import { createMemoryVersions } from './memory-versions.ts';
import type { RedisLink } from './redis-link.ts';
import { createRedisVersions } from './redis-versions.ts';

/**
 * Versions of things that processes remember from the database (`user:12`, `settings`). What was remembered under one
 * version is believed for as long as that version still stands, asked anew for every request; whoever changes the thing
 * touches its version, and from then on no process believes what it remembered.
 *
 * To remember: read the versions, *then* ask the database, keep the answer with the versions and the epoch.
 * To use what was remembered: it is younger than `maxAgeMs`, the epoch is the same, and the versions read *now* are the same.
 * To change: commit, then `touch`, then answer the caller.
 */
export interface Versions {
  /** Longest time, in milliseconds, that anything may be believed. {@link Versions.touch} counts on it when Redis is away. */
  readonly maxAgeMs: number;
  /**
   * The versions now, in the order of `names`; or `unknown`, and the database has to be asked. In Redis this shares the
   * round trip of whatever else is sent in the same turn (start it together with `limits.consume`, then await both).
   */
  read(names: readonly string[]): Promise<readonly string[] | 'unknown'>;
  /**
   * Gives the names new versions. To be called after the commit and awaited before the reply: once it has resolved, no
   * process believes what it remembered before. Never fails: if the versions cannot be written, it keeps trying until all that
   * anyone could have remembered is older than `maxAgeMs`, and resolves then.
   */
  touch(names: readonly string[]): Promise<void>;
  /** Changes when versions read before may no longer be compared with versions read after. */
  epoch(): number;
}

/** Where versions are kept. */
export type VersionsOptions = { readonly maxAgeMs?: number } & (
  | {
      /** Several processes that share a Redis. */
      readonly mode: 'redis';
      readonly redis: RedisLink;
    }
  | {
      /** `memory`: one process and no other. `none`: several processes without Redis, nothing is ever believed. */
      readonly mode: 'memory' | 'none';
    }
);

const DEFAULT_MAX_AGE_MS = 5_000;

/** Versions kept as `mode` says. `maxAgeMs` (5000) must be the same in all processes that share a Redis. */
export function createVersions(options: VersionsOptions): Versions {
  const { maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
  switch (options.mode) {
    case 'redis':
      return createRedisVersions({ redis: options.redis, maxAgeMs });
    case 'memory':
      return createMemoryVersions({ maxAgeMs });
    case 'none':
      return { maxAgeMs, read: async () => 'unknown', touch: async () => undefined, epoch: () => 0 };
  }
}
