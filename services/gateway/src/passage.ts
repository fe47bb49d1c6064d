import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '@gatehouse/dialects';
import type { FaultCode } from '@gatehouse/faults';
import { type Logger, type Metrics, redact } from '@gatehouse/http';
import type { CallerAddress } from './read-caller.ts';

/** One request on its way through the gateway. */
export interface Passage {
  readonly id: string;
  readonly path: string;
  readonly target: string;
  readonly caller: CallerAddress;
  readonly route: Route | null;
  /** The trace that the caller began, where its header is of the W3C's form. */
  readonly traceparent: string | null;
  /** Of the process's clock, in milliseconds. */
  readonly startedAt: number;
}

/** Who is told of every request that was answered. */
export interface Observers {
  readonly log: Logger;
  readonly metrics?: Pick<Metrics, 'count'> | undefined;
}

/**
 * Logs and counts a request once it was answered.
 * @param faultCode the fault that it ended in; null when it did not
 */
export function tellPassage(
  { log, metrics }: Observers,
  passage: Passage,
  request: IncomingMessage,
  response: ServerResponse,
  faultCode: FaultCode | null,
): void {
  const { id, path, route, caller, traceparent, startedAt } = passage;
  const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
  const status = response.statusCode;
  const fault = faultCode ?? undefined;
  const method = request.method ?? 'GET';
  const dialect = route?.dialect.name;
  metrics?.count({ service: 'gateway', dialect: dialect ?? 'none', ...placeOf(passage), method, status, fault, durationMs });
  if (!log.isLevelEnabled('info')) return;
  const trace = traceparent === null ? {} : { traceparent };
  log.info({ requestId: id, ...trace, method, path: redact(path), dialect, address: caller.address, status, fault, durationMs }, 'request');
}

/** What the gateway did, for labels: it knows no endpoint, and what was asked for can be anything. */
function placeOf({ route, path }: Passage): { readonly route: string; readonly endpoint: string } {
  if (route !== null) return { route: `${route.service} service`, endpoint: 'forward' };
  return /^\/(docs|openapi)(\/|$)/.test(path) ? { route: 'docs', endpoint: 'docs' } : { route: 'unknown', endpoint: 'unknown' };
}
