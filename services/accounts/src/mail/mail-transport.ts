import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail to one person, plain text. */
export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The way out for mails. */
export interface MailTransport {
  /** Resolves once the mail is out of our hands. @throws what stands in the way */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

/** Where mails go to. */
export interface MailTransportOptions {
  /** `smtp://user:password@host:port` or `smtps://…`; without it mails become files. */
  readonly smtpUrl?: string | undefined;
  /** Where the files go: `outbox` in `DATA_DIR`. */
  readonly outboxDir: string;
  readonly from: string;
}

const TIMEOUTS_MS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/**
 * Mails by nodemailer, which the first mail loads: to an SMTP server, or to `.eml` files that only their owner may read, since they
 * hold tokens.
 */
export function createMailTransport({ smtpUrl, outboxDir, from }: MailTransportOptions): MailTransport {
  return smtpUrl === undefined ? fileTransport(outboxDir, from) : smtpTransport(smtpUrl, from);
}

/** A mail is text that we wrote: nothing in it may make nodemailer read a file or a URL. */
const SAFE = { disableFileAccess: true, disableUrlAccess: true };

function smtpTransport(url: string, from: string): MailTransport {
  const open = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({ url, pool: true, maxConnections: 2, ...TIMEOUTS_MS, ...SAFE }, { from });
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    async send(message) {
      opened ??= open();
      await (await opened).sendMail(message);
    },
    close: () =>
      void opened?.then(
        (smtp) => smtp.close(),
        () => undefined,
      ),
  };
}

function fileTransport(outboxDir: string, from: string): MailTransport {
  return {
    async send(message) {
      const { createTransport } = await import('nodemailer');
      const composer = createTransport({ streamTransport: true, buffer: true, ...SAFE }, { from });
      const { message: bytes } = await composer.sendMail(message);
      if (!Buffer.isBuffer(bytes)) throw new Error('the mail was not composed');
      await mkdir(outboxDir, { recursive: true, mode: 0o700 });
      const name = `${new Date().toISOString().replace(/\W/g, '-')}-${randomUUID()}`;
      // Renamed when complete: whoever watches the folder sees whole mails only.
      await writeFile(join(outboxDir, `.${name}`), bytes, { mode: 0o600, flag: 'wx' });
      await rename(join(outboxDir, `.${name}`), join(outboxDir, `${name}.eml`));
    },
    close: () => undefined,
  };
}

/** Whom mails come from: the host that people know us by. */
export function senderOf(publicUrl: string): string {
  const { hostname } = new URL(publicUrl);
  const isName = /^[a-z0-9.-]*[a-z][a-z0-9.-]*$/i.test(hostname);
  return `Gatehouse <no-reply@${isName ? hostname : 'localhost'}>`;
}
