import { randomBytes } from 'node:crypto';
import { hash, type Options, verify } from '@node-rs/argon2';

/** Hashes and checks passwords. */
export interface Passwords {
  /** The argon2id hash of a password, in PHC form with its own salt. */
  hash(password: string): Promise<string>;
  /** Whether it is the password. Without a hash (nobody there, or a user without a password) it takes as long and is false. */
  verify(hashed: string | null, password: string): Promise<boolean>;
}

// OWASP's figures for argon2id: 19 MiB, 2 passes, 1 lane. The library's default algorithm is argon2id, which a test holds it to:
// its enum of algorithms is a `const enum`, which TypeScript cannot read file by file.
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Passwords through argon2id (RFC 9106), off the event loop. */
export function createPasswords(): Passwords {
  // Made at once, so that the first stranger does not wait for it.
  const nobody = hash(randomBytes(16), COST);
  // It is awaited when it is needed; until then a failure must not end the process.
  nobody.catch(() => undefined);
  return {
    hash: (password) => hash(normalise(password), COST),
    async verify(hashed, password) {
      const matches = await verify(hashed ?? (await nobody), normalise(password));
      return matches && hashed !== null;
    },
  };
}

/** The same characters typed on two keyboards can be different code points (RFC 8265 §4.2). */
function normalise(password: string): string {
  return password.normalize('NFC');
}
