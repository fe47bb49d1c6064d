import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { findRoute, native, type Route, type ServiceName } from '@gatehouse/dialects';
import { FAULTS, Fault, type FaultCode, faultHeaders, type Problem, toProblem } from '@gatehouse/faults';
import { describeCaller, INTERNAL_HEADERS, type Logger, readTraceParent } from '@gatehouse/http';
import { createDocs } from './docs/docs.ts';
import { createForwarder, type ForwardAnswer, type Forwarder, type ForwardLimits } from './forward.ts';
import { isPassedOn, pickRequestHeaders, pickResponseHeaders, RepeatedHeader } from './headers.ts';
import { answerHealth } from './health.ts';
import { type Observers, type Passage, tellPassage } from './passage.ts';
import { hasBody, readBody } from './read-body.ts';
import { createCallerReader } from './read-caller.ts';
import { createRefusalReporter } from './report-refusals.ts';

/** What the gateway is made of. */
export interface GatewayOptions extends Observers {
  readonly upstreams: Readonly<Record<ServiceName, string>>;
  readonly internalSecret: string;
  readonly cloudDomain: string | undefined;
  /** Proxies whose forwarded headers are believed. */
  readonly trustProxy: readonly string[];
  readonly limits?: Partial<GatewayLimits>;
  /** The rate-limit figures of an address, for dialects that want them on every response. */
  readonly addressFigures: (network: string) => Promise<Record<string, string>>;
}

/** Bounds that keep one slow party from holding up the others, in milliseconds and counts. */
export interface GatewayLimits extends ForwardLimits {
  /** Until a request's body has arrived whole. */
  readonly bodyMs: number;
}

const LIMITS: GatewayLimits = {
  answerMs: 10_000,
  bodyMs: 15_000,
  places: 128,
  queue: 1_000,
  queueMs: 5_000,
  reconnectMs: 6_000,
  connectionTtlMs: 30_000,
};
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** How much of a refused body is read and thrown away, so that its sender gets to read the refusal. */
const DRAIN_MS = 5_000;

/** A gateway, ready to be given to an HTTP server. */
export interface Gateway {
  readonly listener: RequestListener;
  close(): Promise<void>;
}

/**
 * Builds the gateway: finds the dialect of a path, forwards to its service, and puts every fault into the
 * dialect's documented envelope. It knows no endpoint and owns no data.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const limits = { ...LIMITS, ...options.limits };
  const forwarders: Record<ServiceName, Forwarder> = {
    licensing: createForwarder(options.upstreams.licensing, limits),
    accounts: createForwarder(options.upstreams.accounts, limits),
    hotspot: createForwarder(options.upstreams.hotspot, limits),
  };
  const readCaller = createCallerReader(options.trustProxy);
  const warnUndeclared = warnOnce(options.log);
  const refusals = createRefusalReporter(options);
  const docs = createDocs(options);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const passage = begin(request);
    if (passage.caller.undeclaredProxy) warnUndeclared(passage.caller.address);
    let fault: FaultCode | null;
    try {
      if (passage.route === null && (await answerHealth(passage.path, options.upstreams, response))) return;
      fault = passage.route === null ? await answerDocs(passage, request, response) : await pass(passage, passage.route, request, response);
    } catch (error) {
      fault = await refuse(passage, request, response, error);
    }
    tellPassage(options, passage, request, response, fault);
  }

  function begin(request: IncomingMessage): Passage {
    const given = request.headers['x-request-id'];
    const target = originForm(request.url ?? '/');
    const end = target.indexOf('?');
    const path = end < 0 ? target : target.slice(0, end);
    return {
      id: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
      path,
      target,
      caller: readCaller(request),
      route: findRoute(path, request.headers.host, options.cloudDomain),
      traceparent: readTraceParent(request.headers.traceparent),
      startedAt: performance.now(),
    };
  }

  async function answerDocs(passage: Passage, request: IncomingMessage, response: ServerResponse): Promise<null> {
    response.setHeader('x-request-id', passage.id);
    response.setHeader('x-content-type-options', 'nosniff');
    if (await docs.answer(passage.path, request, response)) return null;
    throw new Fault('UNKNOWN_ROUTE');
  }

  /** @returns the fault that the service told, if it told one */
  async function pass(passage: Passage, route: Route, request: IncomingMessage, response: ServerResponse): Promise<FaultCode | null> {
    const method = request.method ?? 'GET';
    if (!METHODS.has(method)) throw new Fault('METHOD_NOT_ALLOWED');
    const headers = serviceHeaders(passage, route, request);
    const body = hasBody(request) ? await readBody(request, route.dialect.bodyLimitBytes, limits.bodyMs) : null;
    const answer = await forwarders[route.service].send({ method, target: passage.target, headers, body });
    if (answer.kind === 'problem') return writeFault(answer, passage, request, response);
    const head = pickResponseHeaders(answer.headers);
    head.push('x-request-id', passage.id, 'x-content-type-options', 'nosniff');
    if (answer.headers['cache-control'] === undefined) head.push('cache-control', 'no-store');
    response.writeHead(answer.status, head);
    if (Buffer.isBuffer(answer.body)) response.end(method === 'HEAD' ? undefined : answer.body.toString('latin1'), 'latin1');
    else await stream(answer.body, response, passage);
    return null;
  }

  function serviceHeaders({ id, caller, traceparent }: Passage, route: Route, request: IncomingMessage): string[] {
    const headers = pickRequestHeaders(request.rawHeaders, traceparent !== null);
    headers.push('x-request-id', id, INTERNAL_HEADERS.secret, options.internalSecret, INTERNAL_HEADERS.address, caller.address);
    if (caller.undeclaredProxy) headers.push(INTERNAL_HEADERS.undeclaredProxy, '1');
    if (route.slug !== null) headers.push(INTERNAL_HEADERS.slug, route.slug);
    return headers;
  }

  async function writeFault(
    { headers, problem }: ForwardAnswer & { readonly kind: 'problem' },
    passage: Passage,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<FaultCode> {
    const picked = Object.fromEntries(Object.entries(headers).filter(([name, value]) => value !== undefined && isPassedOn(name)));
    // A fault that a service found before it knew the endpoint (a path that cannot be decoded) comes without figures.
    const figures = 'x-ratelimit-limit' in picked ? {} : await addressFigures(passage);
    writeProblem(problem, { ...picked, ...figures }, passage, request, response);
    return problem.code;
  }

  /** A service that dies in the middle must not look like an end: the connection is cut. */
  function stream(body: NodeJS.ReadableStream & { destroy(): void }, response: ServerResponse, passage: Passage): Promise<void> {
    return new Promise((resolve) => {
      body.on('error', (error) => {
        options.log.warn({ requestId: passage.id, err: error }, 'a service broke off in the middle of an answer');
        response.destroy();
      });
      const end = () => {
        body.destroy();
        resolve();
      };
      // Whoever asked may have gone while the service was thinking.
      if (response.destroyed) return end();
      response.on('close', end);
      body.pipe(response);
    });
  }

  async function refuse(passage: Passage, request: IncomingMessage, response: ServerResponse, error: unknown): Promise<FaultCode> {
    const fault = toFault(error);
    tellAudit(passage, request, fault);
    if (fault.code === 'INTERNAL' || fault.code.startsWith('SERVICE_')) {
      const { service } = passage.route ?? {};
      options.log.warn({ requestId: passage.id, service, fault: fault.code, err: fault.options.cause ?? fault }, 'forwarding failed');
    }
    if (response.headersSent) {
      response.destroy();
      return fault.code;
    }
    const headers = { ...faultHeaders(fault), ...(await addressFigures(passage)) };
    if (!request.complete) {
      // The rest of the body is not wanted: read it away for a moment so that the refusal arrives; the connection is closed then.
      request.resume();
      setTimeout(() => request.destroy(), DRAIN_MS).unref();
    }
    writeProblem(toProblem(fault), headers, passage, request, response);
    return fault.code;
  }

  /** What a service never saw, or did not answer, is an attempt all the same. */
  function tellAudit({ id, caller, route, startedAt }: Passage, request: IncomingMessage, { code }: Fault): void {
    if (route === null) return;
    const durationMs = Math.round(performance.now() - startedAt);
    refusals.report({
      at: new Date(Date.now() - durationMs),
      requestId: id,
      dialect: route.dialect.name,
      endpoint: 'gateway',
      method: request.method ?? 'GET',
      address: caller.address,
      status: FAULTS[code].status,
      outcome: code,
      durationMs,
    });
  }

  /** The figures of the caller's address, in dialects that want some on every response. */
  async function addressFigures({ caller: { address, undeclaredProxy }, route }: Passage): Promise<Record<string, string>> {
    if (!route?.dialect.rateLimitHeaders) return {};
    return options.addressFigures(describeCaller(address, undeclaredProxy).network);
  }

  return {
    listener: (request, response) => void serve(request, response),
    async close() {
      await refusals.close();
      await Promise.all(Object.values(forwarders).map((forwarder) => forwarder.close()));
    },
  };
}

/** Puts a fault into the words of the dialect that was asked; outside all dialects it stays problem+json. */
function writeProblem(
  problem: Problem,
  headers: OutgoingHttpHeaders,
  passage: Passage,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { route, target } = passage;
  const query = target.slice(target.indexOf('?') + 1 || target.length);
  const { status, contentType, body, indent } = (route?.dialect ?? native).envelope(problem, query);
  const bytes = Buffer.from(JSON.stringify(body, null, indent));
  response.writeHead(status, {
    ...headers,
    ...(request.complete ? {} : { connection: 'close' }),
    'x-request-id': passage.id,
    'x-content-type-options': 'nosniff',
    'x-fault': problem.code,
    'cache-control': 'no-store',
    'content-type': contentType,
    'content-length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** The path and query of a request target, also of one in absolute form (RFC 9112 §3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const match = /^https?:\/\/[^/?#]*([^#]*)/i.exec(target);
  if (match === null) return target;
  const rest = match[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof RepeatedHeader) {
    return new Fault('BAD_PARAMETER', { details: [{ path: error.header, message: 'was given more than once' }] });
  }
  return new Fault('INTERNAL', { cause: error });
}

function warnOnce(log: Logger): (address: string) => void {
  let warned = false;
  return (address) => {
    if (warned) return;
    warned = true;
    log.warn({ address }, 'a proxy that TRUST_PROXY does not name forwards requests: all its callers count as one. Set TRUST_PROXY.');
  };
}
