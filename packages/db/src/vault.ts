import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Seals what must not be read from a stolen database, and derives keys for other uses from the same `DATA_KEY`. */
export interface Vault {
  /**
   * Encrypts with AES-256-GCM under a fresh random nonce.
   * @param context what it is for, such as `totp:42`; it is not stored, and opening needs the same one, so that a sealed value
   * moved to another row does not open there
   */
  seal(plain: string | Uint8Array, context: string): Buffer;
  /** @throws VaultError when the key is unknown, the context is another, or the bytes were changed */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Whether `sealed` is under the current key; if not, sealing it again finishes a rotation. */
  isCurrent(sealed: Uint8Array): boolean;
  /** Whether a value is sealed under a key that is known here, as its first {@link SEALED_MARK_BYTES} bytes tell. */
  knows(sealed: Uint8Array): boolean;
  /** 32 bytes for one purpose (HKDF-SHA-256, RFC 5869), the same at every call. */
  derive(purpose: string): Buffer;
  /** The same from every key, the current one first: to check what was signed before a rotation. */
  deriveAll(purpose: string): Buffer[];
}

/** A sealed value that does not open. Says nothing of what is in it. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** How many of the first bytes of a sealed value tell the key that it is under: values under one key have them in common. */
export const SEALED_MARK_BYTES = 5;

const VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/**
 * Sealed form: version (1 byte), key id (4), nonce (12), ciphertext, tag (16).
 * @param dataKey the current `DATA_KEY`, 32 bytes: it seals
 * @param previousKeys keys from before a rotation: they only open
 * @throws VaultError when a key is not 32 bytes
 */
export function createVault(dataKey: Uint8Array, previousKeys: readonly Uint8Array[] = []): Vault {
  const keys = [dataKey, ...previousKeys].map(prepareKey);
  const current = prepareKey(dataKey);
  const derived = new Map<string, Buffer>();
  const additional = (context: string) => Buffer.concat([Buffer.of(VERSION), Buffer.from(context, 'utf8')]);

  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.sealing, nonce).setAAD(additional(context));
      const body = [cipher.update(typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain), cipher.final()];
      return Buffer.concat([Buffer.of(VERSION), current.id, nonce, ...body, cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== VERSION) throw new VaultError('This is not a sealed value.');
      const key = keys.find(({ id }) => id.equals(keyId(bytes)));
      if (key === undefined) throw new VaultError('A stored secret was sealed with another DATA_KEY than those given.');
      const decipher = createDecipheriv('aes-256-gcm', key.sealing, bytes.subarray(1 + KEY_ID_BYTES, HEAD_BYTES))
        .setAAD(additional(context))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new VaultError('A stored secret was changed, or belongs elsewhere.', { cause });
      }
    },
    knows: (sealed) => sealed[0] === VERSION && keys.some(({ id }) => id.equals(keyId(sealed))),
    isCurrent: (sealed) => sealed[0] === VERSION && current.id.equals(keyId(sealed)),
    derive(purpose) {
      const known = derived.get(purpose) ?? expand(dataKey, `derive:${purpose}`, KEY_BYTES);
      derived.set(purpose, known);
      return Buffer.from(known);
    },
    deriveAll: (purpose) => [dataKey, ...previousKeys].map((key) => expand(key, `derive:${purpose}`, KEY_BYTES)),
  };
}

function prepareKey(key: Uint8Array): { readonly id: Buffer; readonly sealing: Buffer } {
  if (key.length !== KEY_BYTES) throw new VaultError(`DATA_KEY must be ${KEY_BYTES} bytes, and is ${key.length}.`);
  return { id: expand(key, 'key-id', KEY_ID_BYTES), sealing: expand(key, 'seal', KEY_BYTES) };
}

function keyId(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(1, 1 + KEY_ID_BYTES);
}

function expand(key: Uint8Array, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'gatehouse', info, bytes));
}
