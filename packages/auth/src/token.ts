import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A new secret: `prefix` and random hex. 24 bytes (the default) are 192 bits; 20 are the 160 that the contracts ask for at least.
 * @throws RangeError below 20 bytes
 * @example newToken('psk_')    // phpstrap: psk_ and 48 hex
 * @example newToken('', 20)    // altercpa: the 40 hex after `{user_id}-`
 */
export function newToken(prefix: string, bytes = 24): string {
  if (bytes < 20) throw new RangeError('a token needs at least 160 bits');
  return prefix + randomBytes(bytes).toString('hex');
}

/**
 * What is stored of a token, and what it is found by: SHA-256, 32 bytes. A slow hash protects guessable secrets; a token
 * of 160 random bits cannot be guessed, so a fast one gives nothing away and costs a request nothing. Not for passwords.
 */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Compares two hashes in a time that tells nothing about where they differ. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The most of a secret that a log, an audit row or a list may show. Nothing of one shorter than 12. */
export function last4(secret: string): string {
  return secret.length < 12 ? '' : secret.slice(-4);
}

/**
 * A check of one configured token, such as `ADMIN_TOKEN`, in constant time whatever the length of what was sent.
 * @throws RangeError when the configured token is empty
 */
export function createTokenCheck(token: string): (candidate: string) => boolean {
  if (token === '') throw new RangeError('the configured token is empty');
  const expected = hashToken(token);
  return (candidate) => isSameHash(hashToken(candidate), expected);
}
