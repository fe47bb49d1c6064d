import { LRUCache } from 'lru-cache';
import { shareLookups } from './share-lookups.ts';

/** The versions that a cache is held against: `Versions` of `@gatehouse/limits` is one; see there for the rules. */
export interface CacheVersions {
  readonly maxAgeMs: number;
  read(names: readonly string[]): Promise<readonly string[] | 'unknown'>;
  epoch(): number;
}

/** What {@link createVersionedCache} takes. */
export interface VersionedCacheOptions<V> {
  readonly versions: CacheVersions;
  /** Asks the database. Null: there is nothing, and nothing is remembered. */
  readonly lookup: (key: string) => Promise<V | null>;
  /** The versions that a value stands and falls with: `['user:12', 'settings']`. */
  readonly namesOf: (value: V) => readonly string[];
  /** Values remembered at most; the one unused for longest goes first. */
  readonly maxEntries?: number;
  /** A clock in milliseconds that never runs back. */
  readonly now?: () => number;
}

/** Values from the database that are never believed beyond a change. */
export interface VersionedCache<V> {
  /** The value as it stands now. @throws what the look-up throws */
  get(key: string): Promise<V | null>;
  /**
   * What was last known, true or not, without asking anyone. Only to choose what to start together with {@link get},
   * such as which limit to count against; never to let anybody in.
   */
  hint(key: string): V | undefined;
  /** Values remembered now, for metrics and tests. */
  size(): number;
}

interface Entry<V> {
  readonly value: V;
  readonly names: readonly string[];
  /** Null: the value only tells the names; it was not read under known versions. */
  readonly proof: Proof | null;
}

/** Under what a value was read: all of it was taken before the database was asked. */
interface Proof {
  readonly versions: readonly string[];
  readonly epoch: number;
  readonly atMs: number;
}

const DEFAULT_MAX_ENTRIES = 20_000;

/**
 * A cache whose every hit is checked against the versions of now (one Redis round trip, shared with whatever the request
 * sends in the same turn: start `get` and `limits.consume` together). The first look-up of a key tells which versions it stands
 * with, the second is remembered, the third is a hit. While the versions are unknown the database is asked every time.
 *
 * A value may be up to `maxAgeMs` old where no version changed: what the passing of time alone changes (an expiry, a lapse)
 * is for the caller to decide from the dates in the value. Values are shared between requests: never change one.
 *
 * Requests that come at the same time share a look-up, but none that had begun before they came: a look-up begun before a
 * change must not answer a request that came after it.
 */
export function createVersionedCache<V>(options: VersionedCacheOptions<V>): VersionedCache<V> {
  const { versions, namesOf, maxEntries = DEFAULT_MAX_ENTRIES, now = () => performance.now() } = options;
  // Made by the first value, since it takes room for all of them at once.
  let entries: LRUCache<string, Entry<V>> | undefined;
  const lookup = shareLookups(options.lookup);

  const isYoung = ({ atMs }: Proof): boolean => now() - atMs < versions.maxAgeMs;

  /** The versions of now together with when and under which epoch they were read, or null. */
  const prove = async (names: readonly string[]): Promise<Proof | null> => {
    const atMs = now();
    const epoch = versions.epoch();
    const read = await versions.read(names);
    return read === 'unknown' || versions.epoch() !== epoch ? null : { versions: read, epoch, atMs };
  };

  const load = async (key: string, proof: Proof | null, provenNames: readonly string[]): Promise<V | null> => {
    const value = await lookup(key);
    if (value === null) {
      entries?.delete(key);
      return null;
    }
    const names = namesOf(value);
    entries ??= new LRUCache({ max: maxEntries });
    entries.set(key, { value, names, proof: isSame(names, provenNames) ? proof : null });
    return value;
  };

  return {
    hint: (key) => entries?.get(key)?.value,
    size: () => entries?.size ?? 0,
    get: async (key) => {
      const entry = entries?.get(key);
      if (entry === undefined) return load(key, null, []);
      const proof = await prove(entry.names);
      const stands =
        proof !== null &&
        entry.proof !== null &&
        isYoung(entry.proof) &&
        entry.proof.epoch === proof.epoch &&
        isSame(entry.proof.versions, proof.versions);
      return stands ? entry.value : load(key, proof, entry.names);
    },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
