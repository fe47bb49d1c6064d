import { hashToken, KEY_ALPHABET, randomString } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';

const CODES = 8;
const CHARACTERS = 16;

/**
 * Gives a user eight recovery codes in place of those they had. Each is good once; only hashes are kept. A code has 82 random bits,
 * too many to be tried out, so a fast hash gives nothing away.
 */
export async function renewRecoveryCodes(db: Database, userId: number, now: Date): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () => randomString(CHARACTERS, KEY_ALPHABET).replace(/(.{4})(?=.)/g, '$1-'));
  await db.prisma.recoveryCode.deleteMany({ where: { userId } });
  await db.prisma.recoveryCode.createMany({
    data: codes.map((code) => ({ userId, codeHash: new Uint8Array(hashCode(code)), createdAt: now })),
  });
  return codes;
}

/** Uses a recovery code up: of any number at once one gets it. @returns whether it was good */
export async function useRecoveryCode(db: Database, userId: number, code: string, now: Date): Promise<boolean> {
  const used = await db.execute`
    UPDATE recovery_codes SET used_at = ${now} WHERE user_id = ${userId} AND code_hash = ${hashCode(code)} AND used_at IS NULL`;
  return used === 1;
}

/** As people type it: small letters, with or without what stands between. */
function hashCode(code: string): Buffer {
  return hashToken(code.toUpperCase().replace(/[^A-Z0-9]/g, ''));
}
