/**
 * Names of the versions that remembered things stand with. In one place because they are touched by one service and
 * read by another: a name spelt two ways would let a revoked credential live.
 */
export const versionOf = {
  /** A user and every credential, session and privilege of theirs. */
  user: (userId: number): string => `user:${userId}`,
  /** A licence key and its Sessions. */
  licence: (keyId: number): string => `licence:${keyId}`,
  /** A site, its switches and its keys. */
  site: (siteId: number): string => `site:${siteId}`,
  /** The platform's settings. */
  settings: 'settings',
  /** Plans and their limits. */
  plans: 'plans',
  /** Banned addresses. */
  bans: 'bans',
} as const;
