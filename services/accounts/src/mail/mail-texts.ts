import type { MailMessage } from './mail-transport.ts';

/** How long the tokens in mails are good, in hours. */
export const TOKEN_HOURS = { verify_email: 48, reset_password: 1 } as const;

type MailText = Omit<MailMessage, 'to'>;

/** To whoever registered: proves that the address is theirs. */
export function verifyEmailText(publicUrl: string, token: string): MailText {
  return {
    subject: 'Confirm your e-mail address',
    text: lines(
      'Somebody, most likely you, made an account with this e-mail address.',
      '',
      'To confirm the address, use this code:',
      '',
      token,
      '',
      `It is good for ${TOKEN_HOURS.verify_email} hours, at`,
      `${publicUrl}/accounts/v1/verify-email`,
      '',
      'If it was not you, do nothing: the address stays unconfirmed.',
    ),
  };
}

/** To whoever has an account and somebody registers with their address again. Holds no token. */
export function emailTakenText(publicUrl: string): MailText {
  return {
    subject: 'You have an account already',
    text: lines(
      'Somebody, most likely you, tried to make an account with this e-mail address.',
      'There is one already, and nothing about it was changed.',
      '',
      'If you have forgotten the password, ask for a new one at',
      `${publicUrl}/accounts/v1/forgot`,
      '',
      'If it was not you, do nothing.',
    ),
  };
}

/** To whoever has forgotten their password. */
export function resetPasswordText(publicUrl: string, token: string): MailText {
  return {
    subject: 'Choose a new password',
    text: lines(
      'Somebody, most likely you, asked for a new password for the account with this e-mail address.',
      '',
      'To choose one, use this code:',
      '',
      token,
      '',
      `It is good once and for ${TOKEN_HOURS.reset_password} hour, at`,
      `${publicUrl}/accounts/v1/reset`,
      '',
      'If it was not you, do nothing: the password stays as it is.',
    ),
  };
}

// Nothing that a stranger typed stands in a mail, not even a name: registering must not send others our mail with their words.
function lines(...text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
