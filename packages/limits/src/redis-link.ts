import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createWatchdog } from './watchdog.ts';

/** The two calls of a pino logger that are used here. */
export interface LinkLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What {@link connectRedis} takes. */
export interface RedisLinkOptions {
  /** `redis://` or `rediss://`, with password and database number where there are any. */
  readonly url: string;
  readonly log?: LinkLog;
  /** Stands before every key. Tests that share one Redis each take their own. */
  readonly keyPrefix?: string;
  /** Longest silence of Redis that holds a request up, in milliseconds. */
  readonly timeoutMs?: number;
}

/** One connection to Redis that never holds a request up. */
export interface RedisLink {
  /** `lost` while there is no usable connection: {@link RedisLink.run} then fails at once. */
  status(): 'ready' | 'lost';
  /** A number that changes whenever the connection is lost or made: what was read under another one is not to be trusted. */
  epoch(): number;
  /**
   * Runs commands. Those that all callers send in one turn of the event loop share one round trip.
   * @throws Error when Redis is away, refuses, or does not answer within the time limit
   */
  run<T>(work: (redis: Redis) => Promise<T>): Promise<T>;
  /**
   * Hands out the client, whether it is connected or not, so that commands of our own can be defined before any is sent. One that is
   * defined while others of the same turn wait to be sent is unknown to the pipeline they share, and ioredis ends the process over it.
   */
  prepare(define: (redis: Redis) => void): void;
  /** Waits for the first connection, at most `timeoutMs` milliseconds, and tells whether it is there. */
  waitUntilReady(timeoutMs: number): Promise<boolean>;
  /** Ends the connection for good. */
  close(): Promise<void>;
}

/** Longest time from a connection to its first answer: a paused Redis takes connections and says nothing. */
const GREETING_TIMEOUT_MS = 5_000;
const LONGEST_RECONNECT_DELAY_MS = 500;
const LONGEST_CLOSE_MS = 100;
const REFUSAL_LOG_INTERVAL_MS = 60_000;

/**
 * Connects to Redis, in the background and for as long as it takes. A Redis that is dead, paused or slow costs a
 * request `timeoutMs` (250) at most, and the requests after it nothing: a silence of that length ends the connection, and
 * until a new one has answered every command fails at once.
 *
 * Nothing is queued while Redis is away and nothing is sent twice, since an increment done twice would be a wrong count.
 * Loss and return are logged once each, without the URL.
 */
export async function connectRedis({ url, log, keyPrefix = 'gatehouse:', timeoutMs = 250 }: RedisLinkOptions): Promise<RedisLink> {
  // Loaded only where there is a Redis.
  const { Redis: Client } = await import('ioredis');
  const redis = new Client(url, {
    keyPrefix,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    // An unanswering peer never acknowledges the end of a connection: destroy it instead of waiting.
    disconnectTimeout: 1,
    disableClientInfo: true,
    retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RECONNECT_DELAY_MS),
  });

  let ready = false;
  let closing = false;
  let epoch = 0;
  let outageLogged = false;
  let reason = 'connection closed';
  let refusalLoggedAt = Number.NEGATIVE_INFINITY;
  let greetingTimer: NodeJS.Timeout | undefined;

  const lose = (): void => {
    if (ready) epoch += 1;
    ready = false;
    if (outageLogged || closing) return;
    outageLogged = true;
    log?.warn({ reason }, 'redis is away: limits are counted in this process, credentials are looked up in the database');
  };

  // An error says why, the close that follows says that the connection is gone.
  redis.on('error', (error: unknown) => {
    reason = reasonOf(error);
  });
  redis.on('connect', () => {
    greetingTimer = setTimeout(() => redis.disconnect(true), GREETING_TIMEOUT_MS);
    greetingTimer.unref();
  });
  redis.on('close', () => {
    clearTimeout(greetingTimer);
    lose();
  });
  redis.on('ready', () => {
    clearTimeout(greetingTimer);
    ready = true;
    epoch += 1;
    if (outageLogged) log?.info({}, 'redis is back');
    outageLogged = false;
    reason = 'connection closed';
  });

  // Ending the connection is what fails the commands under way: ioredis rejects them all.
  const watchdog = createWatchdog(timeoutMs, () => {
    reason = 'no answer in time';
    lose();
    redis.disconnect(true);
  });

  const logRefusal = (error: unknown): void => {
    if (!isReplyError(error) || performance.now() - refusalLoggedAt < REFUSAL_LOG_INTERVAL_MS) return;
    refusalLoggedAt = performance.now();
    // The first word is the error's code (OOM, READONLY, MISCONF); the rest can quote arguments.
    log?.warn({ reason: error.message.split(' ', 1)[0] }, 'redis refuses commands');
  };

  return {
    status: () => (ready ? 'ready' : 'lost'),
    epoch: () => epoch,
    run: async (work) => {
      if (!ready) throw new Error('redis is away');
      watchdog.started();
      try {
        return await work(redis);
      } catch (error) {
        logRefusal(error);
        throw error;
      } finally {
        watchdog.settled();
      }
    },
    prepare: (define) => define(redis),
    waitUntilReady: async (waitMs) => ready || waitForReady(redis, waitMs),
    close: async () => {
      closing = true;
      clearTimeout(greetingTimer);
      const ended = new Promise<void>((resolve) => redis.once('end', () => resolve()));
      redis.disconnect();
      // Between two attempts to connect there is nothing to end, and ioredis says nothing.
      await Promise.race([ended, wait(LONGEST_CLOSE_MS)]);
    },
  };
}

function waitForReady(redis: Redis, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => (): void => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      redis.off('end', onEnd);
      resolve(isReady);
    };
    const onReady = settle(true);
    const onEnd = settle(false);
    const timer = setTimeout(settle(false), timeoutMs);
    redis.on('ready', onReady);
    redis.on('end', onEnd);
  });
}

function isReplyError(error: unknown): error is Error & { name: 'ReplyError' } {
  return error instanceof Error && error.name === 'ReplyError';
}

/** A short reason that cannot hold a password: the code of a network error, the first word of Redis's own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return isReplyError(error) ? (error.message.split(' ', 1)[0] ?? error.name) : error.name;
}
