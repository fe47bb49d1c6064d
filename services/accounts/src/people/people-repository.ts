import type { Database } from '@gatehouse/db';

/** What a sign-in looks at. */
export interface SignInUser {
  readonly id: number;
  readonly passwordHash: string | null;
  readonly totpSecret: Uint8Array | null;
  readonly hasTwoStep: boolean;
  readonly isActive: boolean;
  readonly isBanned: boolean;
}

/** The user with this e-mail, whatever its case. */
export async function findSignInUser(db: Database, email: string): Promise<SignInUser | null> {
  const [user] = await db.query<SignInUser>`
    SELECT id, password_hash AS "passwordHash", totp_secret AS "totpSecret", totp_confirmed_at IS NOT NULL AS "hasTwoStep",
      is_active AS "isActive", banned AS "isBanned"
    FROM users WHERE lower(email) = lower(${email})`;
  return user ?? null;
}

/**
 * Makes a user unless the e-mail is taken, and asks for the mail that goes with either, in one statement.
 * @param person.mayNotify whether the owner of a taken address is told this time
 */
export async function registerPerson(
  db: Database,
  person: { readonly email: string; readonly name: string; readonly passwordHash: string; readonly mayNotify: boolean; readonly now: Date },
): Promise<void> {
  const { email, name, passwordHash, mayNotify, now } = person;
  await db.execute`
    WITH made AS (
      INSERT INTO users (email, name, password_hash, created_at, updated_at) VALUES (${email}, ${name}, ${passwordHash}, ${now}, ${now})
      ON CONFLICT (lower(email)) DO NOTHING RETURNING id
    )
    INSERT INTO mail_queue (kind, email, due_at, created_at)
    SELECT CASE WHEN EXISTS (SELECT FROM made) THEN 'verify_email' ELSE 'email_taken' END::mail_kind, ${email}, ${now}, ${now}
    WHERE ${mayNotify}::boolean OR EXISTS (SELECT FROM made)`;
}

/** The hash of a user's password; null when they have none. */
export async function getPasswordHash(db: Database, userId: number): Promise<string | null> {
  const user = await db.prisma.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
  return user?.passwordHash ?? null;
}

/** Puts a password in the place of the one it was checked against. @returns false when that one is gone by now */
export async function replacePassword(
  db: Database,
  change: { readonly userId: number; readonly from: string | null; readonly to: string; readonly now: Date },
): Promise<boolean> {
  const { userId, from, to, now } = change;
  const changed = await db.prisma.user.updateMany({
    where: { id: userId, passwordHash: from },
    data: { passwordHash: to, updatedAt: now },
  });
  return changed.count === 1;
}

/** Sets the password of a user who has just proved that the e-mail is theirs. */
export async function setProvedPassword(db: Database, userId: number, passwordHash: string, now: Date): Promise<void> {
  await db.execute`
    UPDATE users SET password_hash = ${passwordHash}, verified_at = coalesce(verified_at, ${now}), updated_at = ${now} WHERE id = ${userId}`;
}

/** Notes that the e-mail of a user is proved. */
export async function setVerified(db: Database, userId: number, now: Date): Promise<void> {
  await db.execute`UPDATE users SET verified_at = coalesce(verified_at, ${now}), updated_at = ${now} WHERE id = ${userId}`;
}

/** Makes the reset tokens of a user useless: the password has changed since. */
export async function dropResetTokens(db: Database, userId: number, now: Date): Promise<void> {
  await db.prisma.mailToken.updateMany({ where: { userId, purpose: 'reset_password', usedAt: null }, data: { usedAt: now } });
}
