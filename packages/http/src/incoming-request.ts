import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { type Caller, describeCaller } from './caller.ts';
import { INTERNAL_HEADERS } from './internal-headers.ts';
import type { Logger } from './log.ts';
import { type BodyRules, DEFAULT_BODY_LIMIT_BYTES, readBody } from './read-body.ts';
import type { AttemptNotes, Body, Fields, ServiceRequest } from './request.ts';
import { readTraceParent } from './trace-parent.ts';
import { Repeated } from './validate.ts';

/** What requests of one route have in common. */
interface RequestHost {
  readonly log: Logger;
  readonly clock: () => Date;
}

/**
 * A request that came in through the gateway. A class, since an object literal with getters gets a shape of its own each time: the engine
 * then keeps what died young, and clears its memory for twice as long.
 */
export class IncomingRequest implements ServiceRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  readonly slug: string | null;
  readonly now: Date;
  readonly params: Fields;
  readonly notes: AttemptNotes = {};
  readonly raw: Request;
  readonly #response: Response;
  readonly #host: RequestHost;
  readonly #bodyRules: Partial<BodyRules> | undefined;
  #body: Promise<Body> | undefined;
  #query: Fields | undefined;
  #log: Logger | undefined;

  constructor(host: RequestHost, route: { readonly body?: Partial<BodyRules> }, raw: Request, response: Response) {
    const { headers } = raw;
    const address = one(headers[INTERNAL_HEADERS.address]) ?? raw.socket.remoteAddress ?? '';
    this.id = one(headers['x-request-id']) ?? randomUUID();
    this.method = raw.method;
    this.path = raw.path;
    this.caller = describeCaller(address, headers[INTERNAL_HEADERS.undeclaredProxy] !== undefined);
    this.slug = one(headers[INTERNAL_HEADERS.slug]) ?? null;
    this.now = host.clock();
    this.params = raw.params;
    this.raw = raw;
    this.#response = response;
    this.#host = host;
    this.#bodyRules = route.body;
  }

  get query(): Fields {
    this.#query ??= readQuery(this.raw.url);
    return this.#query;
  }

  /** Most requests have nothing to say. */
  get log(): Logger {
    this.#log ??= this.#host.log.child({ requestId: this.id, ...this.#trace() });
    return this.#log;
  }

  body(): Promise<Body> {
    const rules = { limitBytes: DEFAULT_BODY_LIMIT_BYTES, multipart: false, ...this.#bodyRules };
    this.#body ??= readBody(this.raw, this.#response, rules).then(markRepeated);
    return this.#body;
  }

  header(name: string): string | undefined {
    return this.raw.get(name);
  }

  #trace(): { readonly traceparent?: string } {
    const traceparent = readTraceParent(this.raw.get('traceparent'));
    return traceparent === null ? {} : { traceparent };
  }
}

/** A header of our own as text: Node joins those that were given twice, but types them as lists too. */
function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}

/** The parameters of a query; one that was given more than once is marked {@link Repeated}. */
export function readQuery(url: string): Fields {
  const start = url.indexOf('?');
  const fields: Record<string, unknown> = Object.create(null);
  if (start < 0) return fields;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else fields[name] = Repeated.of(...[before].flat().map(String), value);
  }
  return fields;
}

function markRepeated(body: Body): Body {
  if (body.kind !== 'form') return body;
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(body.fields)) fields[name] = Array.isArray(value) ? Repeated.from(value.map(String)) : value;
  return { ...body, fields };
}
