import type { Database } from '@gatehouse/db';

/** Where a user stands with two-step. */
export interface TwoStepState {
  readonly id: number;
  readonly email: string | null;
  readonly name: string;
  /** Sealed; there while it is being set up, too. */
  readonly totpSecret: Uint8Array | null;
  readonly isOn: boolean;
}

/** @returns null when the user is gone */
export async function loadTwoStep(db: Database, userId: number): Promise<TwoStepState | null> {
  const user = await db.prisma.user.findUnique({
    where: { id: userId },
    select: { id: true, email: true, name: true, totpSecret: true, totpConfirmedAt: true },
  });
  return user === null ? null : { ...user, isOn: user.totpConfirmedAt !== null };
}

/** Keeps a secret that is still to be confirmed, in place of an earlier one. @returns false when two-step is on already */
export async function setTotpSecret(db: Database, userId: number, sealed: Uint8Array, now: Date): Promise<boolean> {
  const changed = await db.execute`
    UPDATE users SET totp_secret = ${sealed}, totp_last_step = NULL, updated_at = ${now} WHERE id = ${userId} AND totp_confirmed_at IS NULL`;
  return changed === 1;
}

/** Turns two-step on with the secret that the code was checked against. @returns false when it was on, or the secret is another by now */
export async function confirmTotpSecret(
  db: Database,
  user: { readonly id: number; readonly sealed: Uint8Array; readonly step: number },
  now: Date,
): Promise<boolean> {
  const changed = await db.execute`
    UPDATE users SET totp_confirmed_at = ${now}, totp_last_step = ${user.step}, updated_at = ${now}
    WHERE id = ${user.id} AND totp_confirmed_at IS NULL AND totp_secret = ${user.sealed}`;
  return changed === 1;
}

/** Turns two-step off: secret and recovery codes are deleted, and no session counts as having passed it any more. */
export async function clearTwoStep(db: Database, userId: number, now: Date): Promise<void> {
  await db.execute`
    UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL, updated_at = ${now} WHERE id = ${userId}`;
  await db.prisma.recoveryCode.deleteMany({ where: { userId } });
  await db.execute`
    UPDATE user_sessions SET factors = array_remove(array_remove(factors, 'totp'), 'recovery-code')
    WHERE user_id = ${userId} AND ended_at IS NULL AND factors && ARRAY['totp', 'recovery-code']`;
}
