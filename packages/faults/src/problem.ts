import { FAULTS, type FaultCode, isFaultCode } from './catalogue.ts';
import { Fault, type FaultDetail } from './fault.ts';

/** The media type of {@link Problem} (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** A fault on the wire between a service and the gateway, and to clients of our own APIs (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: FaultCode;
  readonly detail?: string;
  readonly details?: readonly FaultDetail[];
  readonly reason?: string;
}

/** The wire form of a fault. `internal` and `cause` stay behind. */
export function toProblem(fault: Fault): Problem {
  const { detail, details, reason } = fault.options;
  return {
    type: `urn:gatehouse:fault:${fault.code.toLowerCase().replaceAll('_', '-')}`,
    title: FAULTS[fault.code].text,
    status: FAULTS[fault.code].status,
    code: fault.code,
    ...(detail === undefined ? {} : { detail }),
    ...(details === undefined ? {} : { details }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The response headers that go with a fault, names in lower case. */
export function faultHeaders(fault: Fault): Record<string, string> {
  const { headers, retryAfterSeconds } = fault.options;
  return {
    ...headers,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    'x-fault': fault.code,
  };
}

/**
 * Reads what a service sent as problem+json.
 * @returns the problem with known members only, or null when it is not one of ours (unknown code, wrong types).
 */
export function readProblem(value: unknown): Problem | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, detail, details, reason } = value as Record<string, unknown>;
  if (!isFaultCode(code)) return null;
  const options = {
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(isDetails(details) ? { details: details.map(({ path, message }) => ({ path, message })) } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  };
  return toProblem(new Fault(code, options));
}

function isDetails(value: unknown): value is FaultDetail[] {
  return (
    Array.isArray(value) &&
    value.every((item: unknown) => {
      if (typeof item !== 'object' || item === null) return false;
      const { path, message } = item as Record<string, unknown>;
      return typeof path === 'string' && typeof message === 'string';
    })
  );
}
