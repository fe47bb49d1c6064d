import { hashToken, newToken } from '@gatehouse/auth';
import type { Database, MailPurpose } from '@gatehouse/db';
import { TOKEN_HOURS } from './mail-texts.ts';

/** Whose token was used, and the address that it proves. */
export interface UsedMailToken {
  readonly userId: number;
  readonly email: string;
}

/** Makes a token to be mailed to `email`. It is good once, until its time is over, and for this address only. */
export async function makeMailToken(
  db: Database,
  options: { readonly userId: number; readonly purpose: MailPurpose; readonly email: string; readonly now: Date },
): Promise<{ readonly id: number; readonly token: string }> {
  const { userId, purpose, email, now } = options;
  const token = newToken('ghm_');
  const { id } = await db.prisma.mailToken.create({
    data: {
      userId,
      purpose,
      email,
      tokenHash: new Uint8Array(hashToken(token)),
      createdAt: now,
      expiresAt: new Date(now.getTime() + TOKEN_HOURS[purpose] * 3_600_000),
    },
    select: { id: true },
  });
  return { id, token };
}

/**
 * Uses a token up: of any number at once one gets it. The user's other tokens of the purpose go with it.
 * @returns null when there is no such token, it was used, has run out, or went to an address that is no longer the user's
 */
export async function useMailToken(db: Database, purpose: MailPurpose, token: string, now: Date): Promise<UsedMailToken | null> {
  const [used] = await db.query<UsedMailToken>`
    UPDATE mail_tokens t SET used_at = ${now} FROM users u
    WHERE t.token_hash = ${hashToken(token)} AND t.purpose = ${purpose}::mail_purpose AND t.used_at IS NULL AND t.expires_at > ${now}
      AND u.id = t.user_id AND lower(u.email) = lower(t.email)
    RETURNING t.user_id AS "userId", t.email`;
  if (used === undefined) return null;
  await db.prisma.mailToken.updateMany({ where: { userId: used.userId, purpose, usedAt: null }, data: { usedAt: now } });
  return used;
}

/** Deletes tokens whose time has been over for a while. @returns how many */
export function pruneMailTokens(db: Database, now: Date): Promise<number> {
  return db.execute`DELETE FROM mail_tokens WHERE expires_at < ${new Date(now.getTime() - 7 * 86_400_000)}`;
}
