import { createHash } from 'node:crypto';
import { Fault, type FaultCode } from '@gatehouse/faults';
import type Joi from 'joi';
import type { Route } from './app.ts';
import type { Operation } from './operation.ts';
import type { Reply } from './reply.ts';
import type { Fields, ServiceRequest } from './request.ts';
import { validate } from './validate.ts';

/** What an endpoint's handler is called with. */
export interface Call<Principal, Params, Query, Body, Db> {
  readonly request: ServiceRequest;
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly now: Date;
  /** The database; inside the request's own transaction when an `Idempotency-Key` was sent. */
  readonly db: Db;
  /** Does something once the write is committed and before the reply goes out, such as telling all processes of a revocation. */
  afterCommit(work: () => Promise<void>): void;
}

/**
 * One endpoint as data: routing, checks, documentation and the protected-route tests all come from it.
 * Read from top to bottom it is what happens to a request.
 */
export interface Endpoint<Principal, Params, Query, Body, Db> {
  /** Stable name for audit, metrics and OpenAPI's operationId, such as `createKey`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Express 5 path pattern. */
  readonly path: string;
  /** One line for the public documentation. */
  readonly summary: string;
  /** Who may call: gives the principal or throws the fault. */
  readonly admit: Admit<Principal>;
  readonly params?: Joi.ObjectSchema<Params>;
  readonly query?: Joi.ObjectSchema<Query>;
  readonly body?: Joi.ObjectSchema<Body>;
  readonly bodyLimitBytes?: number;
  /** The successes by status, with the schema of the body (null: none). */
  readonly replies: Readonly<Record<number, Joi.Schema | null>>;
  /** The faults that its handler can end in, beside those of every endpoint. */
  readonly faults: readonly FaultCode[];
  handle(call: Call<Principal, Params, Query, Body, Db>): Promise<Reply>;
}

/** An endpoint of any types, as lists hold it. */
// biome-ignore lint/suspicious/noExplicitAny: a list holds endpoints of many types; each was checked where it was defined
export type AnyEndpoint<Db> = Endpoint<any, any, any, any, Db>;

/** A check of who calls, as data so that documentation can tell it and tests can try it. */
export interface Admit<Principal> {
  /** Name of the credential for documentation, `none` for public endpoints. */
  readonly scheme: string;
  readonly scope?: string;
  check(request: ServiceRequest): Promise<Principal>;
}

/** Types an endpoint where it is defined. */
export function endpoint<Principal, Params, Query, Body, Db>(
  definition: Endpoint<Principal, Params, Query, Body, Db>,
): Endpoint<Principal, Params, Query, Body, Db> {
  return definition;
}

/** Keeps the first answer to a write, see `createIdempotency` of packages/db. */
export interface Idempotency<Db> {
  run(
    request: { readonly scope: string; readonly key: string; readonly requestHash: Buffer; readonly now: Date },
    work: (db: Db) => Promise<Reply>,
  ): Promise<Reply>;
}

/** What {@link toRoutes} needs beside the endpoints. */
export interface EndpointHost<Db> {
  readonly dialect: string;
  readonly db: Db;
  /** Left out where the API's document knows no `Idempotency-Key`. */
  readonly idempotency?: Idempotency<Db> | undefined;
  /** Names the principal for the audit and for the scope of an Idempotency-Key: `user:12`. */
  readonly principalName: (principal: unknown) => string;
}

/** Makes the routes of a list of endpoints: one a path, with all its methods. */
export function toRoutes<Db>(endpoints: readonly AnyEndpoint<Db>[], host: EndpointHost<Db>): Route[] {
  return [...groupByPath(endpoints)].map(([path, group]) => {
    const limit = Math.max(...group.map(({ bodyLimitBytes = 0 }) => bodyLimitBytes));
    return {
      dialect: host.dialect,
      path,
      name: path,
      operations: group.map((item) => toOperation(item, host)),
      methods: group.map(({ method }) => method).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
      ...(limit > 0 ? { body: { limitBytes: limit } } : {}),
      handle(request) {
        const method = request.method === 'HEAD' ? 'GET' : request.method;
        const found = group.find((candidate) => candidate.method === method);
        if (found === undefined) throw new Fault('METHOD_NOT_ALLOWED');
        return runEndpoint(found, request, host);
      },
    };
  });
}

function toOperation<Db>({ method, admit, ...definition }: AnyEndpoint<Db>, { idempotency }: EndpointHost<Db>): Operation {
  return { ...definition, methods: [method], access: admit, idempotent: method !== 'GET' && idempotency !== undefined };
}

function groupByPath<Db>(endpoints: readonly AnyEndpoint<Db>[]): Map<string, AnyEndpoint<Db>[]> {
  const groups = new Map<string, AnyEndpoint<Db>[]>();
  for (const item of endpoints) groups.set(item.path, [...(groups.get(item.path) ?? []), item]);
  return groups;
}

async function runEndpoint<Db>(definition: AnyEndpoint<Db>, request: ServiceRequest, host: EndpointHost<Db>): Promise<Reply> {
  request.notes.endpoint = definition.name;
  const principal: unknown = await definition.admit.check(request);
  const name = host.principalName(principal);
  request.notes.principal ??= name;
  const params = definition.params === undefined ? {} : validate(definition.params, request.params, { convert: true, unknown: 'refuse' });
  const query = definition.query === undefined ? {} : validate(definition.query, request.query, { convert: true, unknown: 'ignore' });
  const body = await readFields(definition, request);
  let committed: (() => Promise<void>)[] = [];
  const work = (db: Db) => {
    // A transaction that is tried again starts its list anew.
    committed = [];
    const afterCommit = (task: () => Promise<void>) => void committed.push(task);
    return definition.handle({ request, principal, params, query, body, now: request.now, db, afterCommit });
  };
  // Callers without a credential share no keys with other addresses.
  const scope = name === 'anonymous' ? `anonymous:${request.caller.network}` : name;
  const reply = await runOnce(definition, request, scope, host, work);
  for (const task of committed) await task();
  return reply;
}

async function runOnce<Db>(
  definition: AnyEndpoint<Db>,
  request: ServiceRequest,
  scope: string,
  host: EndpointHost<Db>,
  work: (db: Db) => Promise<Reply>,
): Promise<Reply> {
  const key = definition.method === 'GET' ? undefined : request.header('idempotency-key');
  if (key === undefined || host.idempotency === undefined) return work(host.db);
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Fault('BAD_PARAMETER', { details: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }] });
  }
  const hash = createHash('sha256').update(`${request.method} ${request.raw.url}\n`);
  const requestHash = hash.update(JSON.stringify((await request.body()).value ?? null)).digest();
  return host.idempotency.run({ scope, key, requestHash, now: request.now }, work);
}

async function readFields<Db>(definition: AnyEndpoint<Db>, request: ServiceRequest): Promise<Fields> {
  if (definition.body === undefined) return {};
  const { kind, fields, value } = await request.body();
  if (kind === 'json' && fields !== value) {
    throw new Fault('BAD_PARAMETER', { details: [{ path: 'body', message: 'must be a JSON object' }] });
  }
  return validate(definition.body, fields, { convert: kind === 'form', unknown: 'refuse' });
}
