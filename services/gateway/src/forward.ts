import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, PROBLEM_TYPE, type Problem, readProblem } from '@gatehouse/faults';
import { type Dispatcher, errors, Pool } from 'undici';
import { type Answer, askService, BrokenAnswer } from './ask-service.ts';
import { createWaitingLine } from './waiting-line.ts';

/** How long a service may take, and how much may wait for it. */
export interface ForwardLimits {
  /** Until the head of the answer, and between two pieces of its body. */
  readonly answerMs: number;
  /** Requests that may be with a service at once. */
  readonly places: number;
  /** Requests that may wait for a place before more are refused. */
  readonly queue: number;
  /** How long one may wait for a place. */
  readonly queueMs: number;
  /** How long a call that could not be sent at all is tried again: a service that restarts loses nobody. */
  readonly reconnectMs: number;
  /** How old a connection may grow: a service process that came later gets its share. */
  readonly connectionTtlMs: number;
}

/** What goes to a service. */
export interface ForwardRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
  readonly body: Buffer | null;
}

/** What came of it: a success to be passed on, whole or as a stream, or a fault that the service told. */
export type ForwardAnswer =
  | { readonly kind: 'success'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer | Readable }
  | { readonly kind: 'problem'; readonly headers: IncomingHttpHeaders; readonly problem: Problem };

/** A connection to one service. */
export interface Forwarder {
  /** @throws Fault SERVICE_DOWN, SERVICE_SLOW, SERVICE_UNREADABLE, OVERLOADED */
  send(request: ForwardRequest): Promise<ForwardAnswer>;
  close(): Promise<void>;
}

/** How long a connection may be idle before the gateway closes it. */
const IDLE_MS = 1_000;
const LONGEST_PAUSE_MS = 250;
const MAX_PROBLEM_BYTES = 64 * 1024;
/** What a success may be; anything else, such as HTML, is rubbish. */
const SUCCESS_TYPES = ['application/json', 'text/csv', 'application/x-ndjson'];
/** Methods that may be sent again without changing what happens (RFC 9110 §9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Opens the way to a service at `url`. Connections are made when they are needed. */
export function createForwarder(url: string, limits: ForwardLimits): Forwarder {
  // The pool itself is not bounded: undici 7 can let a request wait for ever when its connections are bounded and have a TTL
  // (nodejs/undici#5144), and none of its time limits holds for requests that wait within it.
  const pool = new Pool(url, {
    pipelining: 1,
    headersTimeout: limits.answerMs,
    bodyTimeout: limits.answerMs,
    connect: { timeout: Math.min(limits.answerMs, 2_000) },
    // Shorter than a service's own drain: a connection that was idle is closed from this side, never under a request.
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    clientTtl: limits.connectionTtlMs,
  });
  const line = createWaitingLine(limits);
  return {
    async send(request) {
      const turn = line.enter();
      // Most find a place free and wait for nothing.
      if (turn !== undefined) await turn;
      let isStream = false;
      try {
        const answer = await readAnswer(await dispatch(pool, request, limits.reconnectMs), request.method);
        if (answer.kind === 'success' && !Buffer.isBuffer(answer.body)) {
          // Its place is taken until its last byte.
          isStream = true;
          answer.body.once('close', () => line.leave());
        }
        return answer;
      } finally {
        if (!isStream) line.leave();
      }
    },
    close: () => pool.close(),
  };
}

async function dispatch(pool: Pool, request: ForwardRequest, reconnectMs: number): Promise<Answer> {
  const options = {
    path: request.target,
    method: request.method as Dispatcher.HttpMethod,
    headers: request.headers,
    body: request.body,
  };
  const startedAt = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askService(pool, options);
    } catch (error) {
      const isLate = performance.now() - startedAt >= reconnectMs;
      if (isLate || !mayRepeat(error, request.method)) throw toFault(error);
      await sleep(Math.min(LONGEST_PAUSE_MS, 20 * 2 ** attempt));
    }
  }
}

/** Errors of a connection that was never made: nothing was sent. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A call may be sent once more when the service cannot have begun with it, or when doing it twice changes nothing. */
function mayRepeat(error: unknown, method: string): boolean {
  const code = codeOf(error);
  // Node gathers the failures of all addresses of a name in an AggregateError: none of them took the connection.
  if (error instanceof AggregateError || NEVER_SENT.has(code)) return true;
  return SAFE_METHODS.has(method) && (error instanceof errors.SocketError || code === 'ECONNRESET' || code === 'EPIPE');
}

function readAnswer({ status, headers, body }: Answer, method: string): ForwardAnswer | Promise<ForwardAnswer> {
  const type = headers['content-type']?.split(';', 1)[0]?.trim();
  if (type === PROBLEM_TYPE) return readProblemAnswer({ status, headers, body }, method);
  const empty = status === 204 || headers['content-length'] === '0';
  if (status >= 200 && status < 300 && (empty || SUCCESS_TYPES.includes(type ?? ''))) return { kind: 'success', status, headers, body };
  if (!Buffer.isBuffer(body)) body.on('error', () => undefined).destroy();
  throw new Fault('SERVICE_UNREADABLE', { internal: `status ${status}, content type ${type}` });
}

async function readProblemAnswer({ headers, body }: Answer, method: string): Promise<ForwardAnswer> {
  try {
    const told: unknown = method === 'HEAD' ? { code: headers['x-fault'] } : JSON.parse(await readText(body));
    return { kind: 'problem', headers, problem: readProblem(told) ?? unreadable('a fault without a known code') };
  } catch (error) {
    throw error instanceof SyntaxError ? new Fault('SERVICE_UNREADABLE', { internal: 'a fault that is no JSON' }) : toFault(error);
  }
}

async function readText(body: Buffer | Readable): Promise<string> {
  if (Buffer.isBuffer(body)) return body.toString();
  let text = '';
  for await (const piece of body.setEncoding('utf8')) {
    text += String(piece);
    if (text.length > MAX_PROBLEM_BYTES) unreadable('a fault without end');
  }
  return text;
}

function unreadable(internal: string): never {
  throw new Fault('SERVICE_UNREADABLE', { internal });
}

function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof BrokenAnswer) return toFault(error.cause);
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return new Fault('SERVICE_SLOW', { cause: error });
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError)
    return new Fault('SERVICE_UNREADABLE', { cause: error });
  return new Fault('SERVICE_DOWN', { cause: error });
}

function codeOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'code' in error ? error.code : undefined;
}
