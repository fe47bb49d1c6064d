import { join } from 'node:path';
import type { ServiceDeps } from '@gatehouse/service';
import { deliverMail } from './deliver-mail.ts';
import { dropMail, type MailJobRow, takeMails } from './mail-queue.ts';
import { pruneMailTokens } from './mail-tokens.ts';
import { createMailTransport, type MailTransport, senderOf } from './mail-transport.ts';

/** Sends what is in the mail queue, off the requests' path. */
export interface Mail {
  /** There is something in the queue: begins at once and waits for nothing. Never throws. */
  wake(): void;
  /** Sends everything that is due now and waits for it. Never throws. */
  flush(): Promise<void>;
  /** Finishes what was begun. The rest stays in the queue. */
  close(): Promise<void>;
}

/** Where mails go to. */
export interface MailOptions {
  readonly smtpUrl?: string | undefined;
  /** Without SMTP mails become files in `outbox` here. */
  readonly dataDir: string;
  /** In place of the one that the settings above make. */
  readonly transport?: MailTransport;
}

const AT_ONCE = 5;
/** With the pauses of the queue: about six hours after the first attempt. */
const MOST_ATTEMPTS = 13;
/** For what other processes or earlier attempts left behind. */
const INTERVAL_MS = 30_000;
const PRUNE_INTERVAL_MS = 3_600_000;

/** Starts sending mails. Any number of processes may do so on one database: each mail is sent by one of them. */
export function createMail(deps: ServiceDeps, options: MailOptions): Mail {
  const { db, clock, log, publicUrl } = deps;
  const from = senderOf(publicUrl);
  const transport =
    options.transport ?? createMailTransport({ smtpUrl: options.smtpUrl, outboxDir: join(options.dataDir, 'outbox'), from });
  const context = { db, transport, publicUrl };
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;

  async function send(job: MailJobRow): Promise<void> {
    try {
      await deliverMail(context, job, clock());
    } catch (error) {
      const isLast = job.attempts >= MOST_ATTEMPTS;
      log[isLast ? 'error' : 'warn'](
        { err: error, kind: job.kind, attempts: job.attempts },
        isLast ? 'a mail was given up' : 'a mail waits',
      );
      if (!isLast) return;
    }
    await dropMail(db, job.id);
  }

  async function sendAll(): Promise<void> {
    while (!closed) {
      const jobs = await takeMails(db, clock(), AT_ONCE);
      if (jobs.length === 0) return;
      await Promise.all(jobs.map(send));
    }
  }

  function flush(): Promise<void> {
    // One run at a time, and one waiting behind it: a job queued while a run is ending must not be missed.
    waiting ??= running
      .then(() => {
        waiting = undefined;
        return sendAll();
      })
      .catch((error: unknown) => log.warn({ err: error }, 'the mail queue waits for the database'));
    running = waiting;
    return running;
  }

  const timer = setInterval(() => void flush(), INTERVAL_MS).unref();
  const prune = () => pruneMailTokens(db, clock()).catch((error: unknown) => log.warn({ err: error }, 'old mail tokens were not deleted'));
  const pruner = setInterval(() => void prune(), PRUNE_INTERVAL_MS).unref();
  return {
    wake: () => void flush(),
    flush,
    async close() {
      closed = true;
      clearInterval(timer);
      clearInterval(pruner);
      await running;
      transport.close();
    },
  };
}
