import { Buffer } from 'node:buffer';

/** Secrets to look for, by what they are. */
export type Needles = ReadonlyMap<string, string>;

/**
 * Looks for secrets in a text, in every form that a dump or a log could give them: as they are, as hexadecimal digits (a `bytea` of
 * their bytes), as base64, percent-encoded.
 * @returns what was found and where
 */
export function findNeedles(needles: Needles, place: string, text: string): string[] {
  const lower = text.toLowerCase();
  return [...needles].flatMap(([what, secret]) => {
    const bytes = Buffer.from(secret);
    // Without its last characters base64 is the same wherever the text ends.
    const base64 = bytes.toString('base64').slice(0, -4);
    const forms = [secret.toLowerCase(), bytes.toString('hex'), encodeURIComponent(secret).toLowerCase()];
    const isIn = forms.some((form) => lower.includes(form)) || text.includes(base64);
    return isIn ? [`${what} in ${place}`] : [];
  });
}
