/** Length of a key of AES-256. */
const KEY_BYTES = 32;

/**
 * Reads a key of 32 bytes from 64 hexadecimal digits or from base64 (of RFC 4648, either alphabet, padding optional).
 * @throws When it is neither; the message does not hold the text.
 */
export function parseDataKey(text: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  // 43 characters hold 258 bits: that many and no fewer make 32 bytes.
  if (/^[\w+/-]{43}=?$/.test(text)) {
    const key = Buffer.from(text, 'base64');
    if (key.length === KEY_BYTES) return key;
  }
  throw new Error('not a key of 32 bytes');
}
