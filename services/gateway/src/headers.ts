import type { IncomingHttpHeaders } from 'node:http';
import { INTERNAL_HEADERS } from '@gatehouse/http';

/** Headers that belong to one connection (RFC 9110 §7.6.1) and never travel on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What the gateway decides itself, whatever was sent. */
const OURS = new Set<string>([
  ...Object.values(INTERNAL_HEADERS),
  'content-length',
  'expect',
  'forwarded',
  'x-fault',
  'x-real-ip',
  'x-request-id',
  'via',
]);

/** Headers whose second copy would let two readers disagree. */
const SINGLE = new Set(['authorization', 'content-type', 'host', 'idempotency-key']);

/** Headers of a trace (W3C Trace Context §3): passed on together or not at all. */
const TRACE = new Set(['traceparent', 'tracestate']);

/** A header that was given twice where one decides. */
export class RepeatedHeader extends Error {
  readonly header: string;
  constructor(header: string) {
    super(`${header} was given more than once`);
    this.header = header;
  }
}

/**
 * Picks the request headers that travel on to a service: no hop-by-hop header, none that `Connection` names,
 * none that only the gateway may set, none with a name such as `X_Auth_User` that others read as `X-Auth-User`.
 * @param raw Node's `rawHeaders`: names and values in turn
 * @param isTraced whether the headers of a trace are there and in order; they are dropped otherwise
 * @returns names (lower case) and values in turn
 * @throws RepeatedHeader
 */
export function pickRequestHeaders(raw: readonly string[], isTraced: boolean): string[] {
  const dropped = connectionNames(raw);
  const seen = new Set<string>();
  const picked: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    if (SINGLE.has(name)) {
      if (seen.has(name)) throw new RepeatedHeader(name);
      seen.add(name);
    }
    if (HOP_BY_HOP.has(name) || OURS.has(name) || dropped?.has(name) || name.startsWith('x-gatehouse-') || name.startsWith('x-forwarded-'))
      continue;
    if (name.includes('_') || (!isTraced && TRACE.has(name))) continue;
    picked.push(name, raw[index + 1] ?? '');
  }
  return picked;
}

const NOT_PASSED_ON = new Set([...HOP_BY_HOP, 'date', 'server', 'x-content-type-options', 'x-powered-by', 'x-request-id']);

/** Whether a response header of a service reaches the client: it does not when it belongs to one connection, or the gateway writes it. */
export function isPassedOn(name: string): boolean {
  return !NOT_PASSED_ON.has(name);
}

/**
 * Picks the response headers of a service that reach the client.
 * @returns names and values in turn
 */
export function pickResponseHeaders(headers: IncomingHttpHeaders): (string | string[])[] {
  const picked: (string | string[])[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && isPassedOn(name)) picked.push(name, value);
  }
  return picked;
}

function connectionNames(raw: readonly string[]): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() !== 'connection') continue;
    names ??= new Set();
    for (const name of (raw[index + 1] ?? '').split(',')) names.add(name.trim().toLowerCase());
  }
  // Content-Type and Authorization belong to the message: naming them in Connection must not strip a credential check of its input.
  for (const name of SINGLE) names?.delete(name);
  return names;
}
