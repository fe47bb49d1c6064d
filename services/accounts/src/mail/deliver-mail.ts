import type { Database, MailPurpose } from '@gatehouse/db';
import type { MailJobRow } from './mail-queue.ts';
import { emailTakenText, resetPasswordText, verifyEmailText } from './mail-texts.ts';
import { makeMailToken } from './mail-tokens.ts';
import type { MailTransport } from './mail-transport.ts';

/** What delivering needs. */
export interface MailContext {
  readonly db: Database;
  readonly transport: MailTransport;
  /** Where the world reaches the gateway. */
  readonly publicUrl: string;
}

/**
 * Sends a mail to the user with this address, if there is one and it still makes sense.
 * @throws what the transport throws; the token made for the mail is then gone
 */
export async function deliverMail(context: MailContext, job: MailJobRow, now: Date): Promise<void> {
  const [user] = await context.db.query<{ id: number; email: string; isVerified: boolean }>`
    SELECT id, email, verified_at IS NOT NULL AS "isVerified" FROM users WHERE lower(email) = lower(${job.email})`;
  if (user === undefined) return;
  const { transport, publicUrl } = context;
  switch (job.kind) {
    case 'email_taken':
      return transport.send({ to: user.email, ...emailTakenText(publicUrl) });
    case 'verify_email':
      if (user.isVerified) return;
      return sendToken(context, 'verify_email', user, (token) => verifyEmailText(publicUrl, token), now);
    case 'reset_password':
      return sendToken(context, 'reset_password', user, (token) => resetPasswordText(publicUrl, token), now);
  }
}

async function sendToken(
  { db, transport }: MailContext,
  purpose: MailPurpose,
  user: { readonly id: number; readonly email: string },
  textOf: (token: string) => { readonly subject: string; readonly text: string },
  now: Date,
): Promise<void> {
  const { id, token } = await makeMailToken(db, { userId: user.id, purpose, email: user.email, now });
  try {
    await transport.send({ to: user.email, ...textOf(token) });
  } catch (error) {
    await db.execute`DELETE FROM mail_tokens WHERE id = ${id}`;
    throw error;
  }
}
