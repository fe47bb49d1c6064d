import { Fault } from '@gatehouse/faults';
import { DOCS_PATH, type Logger, type ServiceDocs } from '@gatehouse/http';
import { request } from 'undici';

const TIME_LIMIT_MS = 3_000;
/** After this a service is asked again: it may have been replaced by a later version. */
const FRESH_MS = 60_000;
/** The same while one is away. */
const RETRY_MS = 2_000;

/** What {@link createDocsCollector} takes. */
export interface DocsCollectorOptions {
  /** Where the services answer. */
  readonly urls: readonly string[];
  readonly log: Logger;
  /** A clock that only goes forward, in milliseconds. */
  readonly now?: () => number;
}

/**
 * Makes what asks the services what they do. An answer is good for a minute, and for as long as its service does not answer again;
 * the list stays the same object meanwhile.
 * @returns a function that throws Fault SERVICE_DOWN when a service has never answered
 */
export function createDocsCollector({
  urls,
  log,
  now = () => performance.now(),
}: DocsCollectorOptions): () => Promise<readonly ServiceDocs[]> {
  const known = new Map<string, ServiceDocs>();
  let docs: readonly ServiceDocs[] = [];
  let askAgainAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const isComplete = () => urls.every((url) => known.has(url));

  async function ask(): Promise<void> {
    const answers = await Promise.all([...new Set(urls)].map(async (url) => [url, await askService(url, log)] as const));
    // One that is away keeps what it said before.
    for (const [url, answer] of answers) if (answer !== null) known.set(url, answer);
    docs = [...known.values()];
    askAgainAt = now() + (answers.every(([, answer]) => answer !== null) ? FRESH_MS : RETRY_MS);
  }

  return async () => {
    if (now() > askAgainAt || !isComplete()) {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    if (!isComplete()) throw new Fault('SERVICE_DOWN');
    return docs;
  };
}

async function askService(url: string, log: Logger): Promise<ServiceDocs | null> {
  try {
    const { statusCode, body } = await request(url + DOCS_PATH, { headersTimeout: TIME_LIMIT_MS, bodyTimeout: TIME_LIMIT_MS });
    const answer: unknown = await body.json();
    if (statusCode === 200 && isServiceDocs(answer)) return answer;
    log.warn({ url, statusCode }, 'a service does not tell what it does');
  } catch (error) {
    log.warn({ url, err: error }, 'a service does not tell what it does');
  }
  return null;
}

/** Our own service's answer: enough is looked at to tell it from something else that listens there. */
function isServiceDocs(value: unknown): value is ServiceDocs {
  return typeof value === 'object' && value !== null && 'operations' in value && Array.isArray(value.operations) && 'pages' in value;
}
