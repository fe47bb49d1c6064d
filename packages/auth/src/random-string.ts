import { randomBytes } from 'node:crypto';

/** Characters of licence keys: A–Z and 0–9. */
export const KEY_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Letters and digits that cannot be taken for one another when read aloud or from paper: no 0 O o, no 1 I l i. */
export const LEGIBLE_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789';

/**
 * `length` random characters of `alphabet`, each as likely as any other: a byte that would favour the first
 * characters (modulo bias) is thrown away and drawn again. Source: the system's CSPRNG.
 * @throws RangeError when the alphabet has fewer than 2 or more than 256 characters
 */
export function randomString(length: number, alphabet: string): string {
  if (alphabet.length < 2 || alphabet.length > 256) throw new RangeError('an alphabet has 2 to 256 characters');
  const fairBytes = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 8)) {
      if (byte >= fairBytes) continue;
      text += alphabet[byte % alphabet.length];
      if (text.length === length) break;
    }
  }
  return text;
}

/** A new licence key, `XXXX-XXXX-XXXX-XXXX` of A–Z and 0–9 (keys.md): 82 random bits. */
export function newLicenceKey(): string {
  return randomString(16, KEY_ALPHABET).replace(/(.{4})(?=.)/g, '$1-');
}
