import type { ServiceName } from '@gatehouse/dialects';
import { type Attempt, createBatchWriter, INTERNAL_HEADERS, type Logger } from '@gatehouse/http';
import { type Dispatcher, request } from 'undici';

/** Tells the audit log of what the gateway refused itself, so that every attempt is in it. The gateway has no database: a service writes it. */
export interface RefusalReporter {
  /** Never waits, never throws. */
  report(attempt: Attempt): void;
  /** Hands in what is left. */
  close(): Promise<void>;
}

/** What {@link createRefusalReporter} takes. */
export interface RefusalReporterOptions {
  readonly upstreams: Readonly<Record<ServiceName, string>>;
  readonly internalSecret: string;
  readonly log: Logger;
}

const INTERVAL_MS = 250;
const MAX_ITEMS = 200;
const MAX_WAITING = 20_000;
const TIME_LIMIT_MS = 2_000;
const CLOSE_MS = 2_000;
/** Every service takes them; the next one is asked when one is down, which is when there is most to tell. */
const ORDER: readonly ServiceName[] = ['accounts', 'licensing', 'hotspot'];

/** Makes a reporter that hands refusals in together, off the request's path. */
export function createRefusalReporter({ upstreams, internalSecret, log }: RefusalReporterOptions): RefusalReporter {
  const headers = { 'content-type': 'application/json', [INTERNAL_HEADERS.secret]: internalSecret };

  async function handIn(attempts: readonly Attempt[]): Promise<void> {
    const body = JSON.stringify({ attempts });
    let failure: unknown;
    for (const service of ORDER) {
      try {
        const isTaken = await post(`${upstreams[service]}/internal/attempts`, headers, body);
        if (!isTaken) log.error({ count: attempts.length }, 'refusals were not audited: they were not understood');
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  const batches = createBatchWriter<Attempt>({
    intervalMs: INTERVAL_MS,
    maxItems: MAX_ITEMS,
    maxWaiting: MAX_WAITING,
    closeMs: CLOSE_MS,
    write: handIn,
    onError: (error, waiting) => log.debug({ err: error, waiting }, 'refusals wait for a service that takes them for the audit'),
    onDropped: (count) => log.error({ count }, 'refusals were not audited: no service has taken them for too long'),
  });
  return { report: (attempt) => batches.add(attempt), close: () => batches.close() };
}

/** @returns false when they will never be taken, so that they do not hold up the next. @throws when trying again may help */
async function post(url: string, headers: Record<string, string>, body: string): Promise<boolean> {
  const options = { method: 'POST' as Dispatcher.HttpMethod, headers, body, headersTimeout: TIME_LIMIT_MS, bodyTimeout: TIME_LIMIT_MS };
  const { statusCode, body: answer } = await request(url, options);
  await answer.dump();
  if (statusCode !== 204 && statusCode !== 400) throw new Error(`status ${statusCode}`);
  return statusCode === 204;
}
