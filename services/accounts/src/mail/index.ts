export { createMail, type Mail, type MailOptions } from './mail.ts';
export { queueMail } from './mail-queue.ts';
export { type UsedMailToken, useMailToken } from './mail-tokens.ts';
export { createMailTransport, type MailMessage, type MailTransport, senderOf } from './mail-transport.ts';
