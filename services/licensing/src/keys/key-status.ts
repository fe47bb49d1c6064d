/** The states of a key as clients see them (keys.md), the first that fits. */
export const KEY_STATUSES = ['invalidated', 'expired', 'used', 'active', 'unused'] as const;

/** One of {@link KEY_STATUSES}. */
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** What the status of a key depends on. */
export interface KeyStatusFacts {
  readonly isInvalidated: boolean;
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
  readonly oneTimeUse: boolean;
}

/** The status of a key at a moment. It is not stored, since it changes by itself. */
export function keyStatus(key: KeyStatusFacts, now: Date): KeyStatus {
  if (key.isInvalidated) return 'invalidated';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'expired';
  if (key.usedAt === null) return 'unused';
  return key.oneTimeUse ? 'used' : 'active';
}
