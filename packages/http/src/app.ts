import { timingSafeEqual } from 'node:crypto';
import { Fault } from '@gatehouse/faults';
import express, { type Express, type Request, type Response, type Router } from 'express';
import { describeRoutes } from './describe-routes.ts';
import { IncomingRequest } from './incoming-request.ts';
import { INTERNAL_HEADERS } from './internal-headers.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Operation } from './operation.ts';
import type { BodyRules } from './read-body.ts';
import { faultReply, type Reply } from './reply.ts';
import type { AttemptNotes, ServiceRequest } from './request.ts';
import { sendReply } from './send-reply.ts';

/** Where a service tells the gateway what it does ({@link describeRoutes}). Not a client's path: it is asked without the secret. */
export const DOCS_PATH = '/docs.json';

/** One attempt at an API, as the audit log keeps it. */
export interface Attempt extends AttemptNotes {
  readonly at: Date;
  readonly requestId: string;
  readonly dialect: string;
  readonly endpoint: string;
  readonly method: string;
  readonly address: string;
  readonly status: number;
  readonly outcome: string;
  readonly durationMs: number;
  /** It came by a proxy that nobody declared (see {@link Caller}). */
  readonly undeclaredProxy?: boolean;
}

/** One path and what answers there. */
export interface Route {
  readonly dialect: string;
  /** Express 5 path pattern. */
  readonly path: string | readonly string[];
  /** Name for the log, metrics and audit, until the handler notes a finer one. */
  readonly name: string;
  readonly methods: readonly string[];
  readonly body?: Partial<BodyRules>;
  handle(request: ServiceRequest): Promise<Reply> | Reply;
  /** Adds to every reply of the route, faults included (rate-limit figures). */
  finish?(request: ServiceRequest, reply: Reply): Promise<Reply> | Reply;
  /** What it does, for documentation and metrics. */
  readonly operations?: readonly Operation[];
  /** A whole HTML page about the dialect, beside its OpenAPI document. */
  page?(): string;
}

/** What a path answers when nothing is mounted there, or not for this method, by the dialect's own order of checks. */
export interface AppOptions {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly log: Logger;
  /** Only calls that carry it are taken. */
  readonly internalSecret: string;
  readonly clock: () => Date;
  /** Told of every attempt after its reply was sent. Must not throw. */
  readonly onAttempt: (attempt: Attempt) => void;
  /** Counts the requests; without one nobody does. */
  readonly metrics?: Pick<Metrics, 'count'> | undefined;
  /** Whether the service can serve; throws when it cannot. */
  readonly ready: () => Promise<{ readonly degraded?: readonly string[] }>;
}

/**
 * Builds the Express application of a service from its routes: checks the gateway's secret, reads the caller,
 * runs the route, turns faults into problem+json, logs and tells the audit.
 */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  const direct = directRoutes(options);
  const secret = Buffer.from(options.internalSecret);
  // Most paths are plain text: those are found at once, and Express tries its patterns one after the other only for the rest.
  const paths = options.routes.flatMap((route) => pathsOf(route).map((path) => [path, route] as const));
  const plain = new Map(paths.filter(isPlain));
  app.use((request, response, next) => {
    const given = request.headers[INTERNAL_HEADERS.secret];
    // Without the gateway's secret it is whoever watches the process who asks; what comes with it is a client's path.
    if (given === undefined) return direct(request, response, (error) => (error ? next(error) : refuseStranger(response)));
    if (!isSecret(secret, given)) return refuseStranger(response);
    const route = plain.get(request.path);
    return route === undefined ? next() : answer(options, route, request, response);
  });
  for (const [path, route] of paths.filter((entry) => !isPlain(entry))) {
    app.route(path).all((request, response) => answer(options, route, request, response));
  }
  const nowhere: Route = {
    dialect: 'native',
    path: '/',
    name: 'unknown',
    methods: [],
    handle: () => {
      throw new Fault('UNKNOWN_ROUTE');
    },
  };
  app.use((request, response) => answer(options, nowhere, request, response));
  app.use((error: unknown, _request: Request, response: Response, _next: unknown) => {
    void sendReply(response, faultReply(toFault(error)), false);
  });
  return app;
}

function isSecret(secret: Buffer, given: string | string[]): boolean {
  const bytes = Buffer.from(String(given));
  return bytes.length === secret.length && timingSafeEqual(bytes, secret);
}

function refuseStranger(response: Response): Promise<void> {
  return sendReply(response, faultReply(new Fault('NOT_ALLOWED', { detail: 'Only the gateway may call this.' })), false);
}

/** What a service tells of itself: whether it lives, whether it can serve, and what it does. */
function directRoutes(options: AppOptions): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  let docs: Promise<string> | undefined;
  router.get('/healthz', (_request, response) => sendReply(response, { status: 200, body: { status: 'ok' } }, false));
  router.get('/readyz', async (_request, response) => sendReply(response, await readiness(options), false));
  router.get(DOCS_PATH, async (_request, response) => {
    docs ??= describeRoutes(options.routes).then((described) => JSON.stringify(described));
    await sendReply(response, { status: 200, text: await docs }, false);
  });
  return router;
}

function pathsOf({ path }: Route): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}

/** Whether a path is not a pattern (path-to-regexp's parameters, wildcards and optional parts). */
function isPlain([path]: readonly [path: string, route: Route]): boolean {
  return !/[:*{}\\]/.test(path);
}

async function readiness({ ready, log }: AppOptions): Promise<Reply> {
  try {
    const { degraded = [] } = await ready();
    return { status: 200, body: { status: degraded.length === 0 ? 'ready' : 'degraded', degraded } };
  } catch (error) {
    log.warn({ err: error }, 'not ready');
    return { status: 503, body: { status: 'not ready' } };
  }
}

async function answer(options: AppOptions, route: Route, raw: Request, response: Response): Promise<void> {
  const startedAt = performance.now();
  const request = new IncomingRequest(options, route, raw, response);
  let reply: Reply;
  try {
    if (route.methods.length > 0 && !route.methods.includes(raw.method)) {
      throw new Fault('METHOD_NOT_ALLOWED', { headers: { allow: route.methods.join(', ') } });
    }
    reply = await route.handle(request);
  } catch (error) {
    reply = handleError(request, error);
  }
  try {
    if (route.finish !== undefined) reply = await route.finish(request, reply);
    await sendReply(response, reply, raw.method === 'HEAD');
  } catch (error) {
    // The body broke off or could not be made: a cut connection is the one honest answer once the head is out.
    request.log.error({ err: error }, 'reply failed');
    if (response.headersSent) response.destroy();
    else await sendReply(response, faultReply(new Fault('INTERNAL')), raw.method === 'HEAD');
  }
  const durationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
  const { notes } = request;
  const { endpoint } = notes;
  // The notes become the attempt: copying them member by member would cost as much as routing the call did.
  const attempt: Attempt = Object.assign(notes, {
    at: request.now,
    requestId: request.id,
    dialect: route.dialect,
    endpoint: endpoint ?? route.name,
    method: raw.method,
    address: request.caller.address,
    status: reply.status,
    outcome: notes.outcome ?? reply.headers?.['x-fault'] ?? 'OK',
    durationMs,
  });
  options.onAttempt(request.caller.undeclaredProxy ? { ...attempt, undeclaredProxy: true } : attempt);
  options.metrics?.count({
    service: options.name,
    method: raw.method,
    status: reply.status,
    fault: reply.headers?.['x-fault'],
    durationMs,
    ...labelsOf(route, endpoint),
  });
}

/** What metrics are counted by: only what stands in the table of routes, whatever a handler noted. */
function labelsOf({ dialect, name, path, operations = [] }: Route, endpoint: string | undefined) {
  const pattern = typeof path === 'string' ? path : (path[0] ?? name);
  const isKnown = operations.some((operation) => operation.name === endpoint);
  return { dialect, route: name === 'unknown' ? name : pattern, endpoint: isKnown && endpoint !== undefined ? endpoint : 'unknown' };
}

function handleError(request: ServiceRequest, error: unknown): Reply {
  const fault = toFault(error);
  const level = fault.code === 'INTERNAL' ? 'error' : fault.code === 'DATABASE_DOWN' ? 'warn' : 'debug';
  request.log[level]({ fault: fault.code, err: fault.options.cause ?? fault }, 'request failed');
  return faultReply(fault);
}

/** Any error as a fault: what is not one already is our own mistake, except Express's complaint about the path. */
function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof URIError) return new Fault('UNKNOWN_ROUTE', { cause: error });
  return new Fault('INTERNAL', { cause: error });
}
