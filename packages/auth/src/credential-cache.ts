import type { Principal } from './principal.ts';
import { createVersionedCache, type VersionedCacheOptions } from './versioned-cache.ts';

/** Principals by the hash of their token. */
export interface CredentialCache<P extends Principal> {
  /** The principal as it stands now, null when the token is nobody's. @throws what the look-up throws */
  get(tokenHash: Buffer): Promise<P | null>;
  /** What was last known, only to choose the limit to count against while {@link CredentialCache.get} is under way; never to let anybody in. */
  hint(tokenHash: Buffer): P | undefined;
  /** Principals remembered now. */
  size(): number;
}

/** What {@link createCredentialCache} takes. */
export interface CredentialCacheOptions<P extends Principal> extends Omit<VersionedCacheOptions<P>, 'lookup'> {
  /** One indexed query: whose token has this hash, if it is live. */
  readonly lookup: (tokenHash: Buffer) => Promise<P | null>;
}

/**
 * Remembers principals by token hash, never by token, and never lets one outlive a revocation: see `createVersionedCache`.
 * Tokens that are nobody's are not remembered, so that a flood of wrong ones takes no memory.
 * @example
 * const tokens = createCredentialCache({ versions, lookup: findByHash, namesOf: ({ id }) => [versionOf.user(id)] });
 * const [limit, principal] = await Promise.all([limits.consume(policy, key), tokens.get(hash)]); // one Redis round trip
 */
export function createCredentialCache<P extends Principal>({ lookup, ...rest }: CredentialCacheOptions<P>): CredentialCache<P> {
  const cache = createVersionedCache<P>({ ...rest, lookup: (key) => lookup(Buffer.from(key, 'base64')) });
  return {
    get: (tokenHash) => cache.get(tokenHash.toString('base64')),
    hint: (tokenHash) => cache.hint(tokenHash.toString('base64')),
    size: cache.size,
  };
}
