import type { Database, Vault } from '@gatehouse/db';
import { useRecoveryCode } from './recovery-codes.ts';
import { findTotpStep } from './totp.ts';
import { openTotpSecret } from './totp-secret.ts';

/** A user whose two-step is on. */
export interface TwoStepUser {
  readonly id: number;
  /** Sealed. */
  readonly totpSecret: Uint8Array;
}

/** A code as it can be typed: six digits of an authenticator, spaces allowed, or a recovery code. */
const TOTP_FORM = /^\s*\d{3}\s?\d{3}\s*$/;

/**
 * Uses up a code of a user: each is good once, whoever else tries it at the same moment.
 * @returns the factor that was proved, or null when the code is wrong or was used
 */
export async function claimCode(
  db: Database,
  vault: Vault,
  user: TwoStepUser,
  code: string,
  now: Date,
): Promise<'totp' | 'recovery-code' | null> {
  if (!TOTP_FORM.test(code)) return (await useRecoveryCode(db, user.id, code, now)) ? 'recovery-code' : null;
  const step = findTotpStep(openTotpSecret(vault, user), code.replace(/\s/g, ''), now);
  if (step === null) return null;
  // Steps only go up: neither this code nor one from before it is taken again (RFC 6238 §5.2).
  const claimed = await db.execute`
    UPDATE users SET totp_last_step = ${step}
    WHERE id = ${user.id} AND totp_secret = ${Buffer.from(user.totpSecret)} AND (totp_last_step IS NULL OR totp_last_step < ${step})`;
  return claimed === 1 ? 'totp' : null;
}
