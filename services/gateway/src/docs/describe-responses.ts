import { STATUS_CODES } from 'node:http';
import type { Dialect, Envelope } from '@gatehouse/dialects';
import { FAULTS, Fault, type FaultCode, toProblem } from '@gatehouse/faults';
import type { JsonSchema, OperationDoc } from '@gatehouse/http';
import { findCredential } from './credentials.ts';

/** What every operation can end in, whatever it does. */
const OURSELVES: readonly FaultCode[] = ['INTERNAL', 'DATABASE_DOWN', 'SERVICE_DOWN', 'SERVICE_SLOW', 'OVERLOADED'];
const OF_BODIES: readonly FaultCode[] = ['BAD_BODY', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'REQUEST_TIMEOUT'];
const EXAMPLE_DETAILS = [{ path: 'name', message: 'is required' }];

/** What a success of one status may be. */
export interface Success {
  readonly status: number;
  /** Null: no body. */
  readonly schema: JsonSchema | null;
}

/** All faults that operations can end in. */
export function faultsOf(operations: readonly OperationDoc[]): readonly FaultCode[] {
  const faults = operations.flatMap(({ access, params, query, body, idempotent, faults: own }) => [
    ...findCredential(access.scheme).faults,
    ...(params === null && query === null && body === null ? [] : (['BAD_PARAMETER'] as const)),
    ...(body === null ? [] : OF_BODIES),
    ...(idempotent ? (['IDEMPOTENCY_MISMATCH', 'BAD_PARAMETER'] as const) : []),
    ...own,
  ]);
  return [...new Set([...faults, ...OURSELVES])];
}

/**
 * Describes the responses of an operation, faults in the dialect's own envelope. Where a fault has the status of a success, as in an
 * API that answers 200 to everything, that response may be either.
 */
export function describeResponses(dialect: Dialect, successes: readonly Success[], faults: readonly FaultCode[]): Record<string, object> {
  const answers = faults.map((code) => ({ code, envelope: exampleOf(dialect, code) }));
  const statuses = new Set([...successes.map(({ status }) => status), ...answers.map(({ envelope }) => envelope.status)]);
  const responses = [...statuses]
    .sort((a, b) => a - b)
    .map((status): [string, object] => {
      const success = successes.find((one) => one.status === status);
      const its = answers.filter(({ envelope }) => envelope.status === status);
      return [String(status), describeResponse(dialect, status, success, its)];
    });
  return Object.fromEntries(responses);
}

interface Answer {
  readonly code: FaultCode;
  readonly envelope: Envelope;
}

function describeResponse(dialect: Dialect, status: number, success: Success | undefined, answers: readonly Answer[]): object {
  const texts = answers.map(({ code }) => FAULTS[code].text);
  const isRetried = answers.some(({ code }) => FAULTS[code].kind === 'too-many');
  const description = [...(success === undefined ? [] : [STATUS_CODES[status] ?? 'Success']), ...new Set(texts)].join(' · ');
  const headers = {
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...(answers.length === 0 ? {} : { 'X-Fault': { $ref: '#/components/headers/Fault' } }),
    ...(isRetried ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    ...(dialect.rateLimitHeaders ? RATE_LIMIT_REFS : {}),
  };
  const content = contentOf(success?.schema ?? null, answers);
  return { description, headers, ...(content === null ? {} : { content }) };
}

function contentOf(success: JsonSchema | null, answers: readonly Answer[]): object | null {
  const [first] = answers;
  if (first === undefined) return success === null ? null : { 'application/json': { schema: success } };
  const error = { $ref: '#/components/schemas/Error' };
  const examples = Object.fromEntries(
    distinct(answers).map(({ code, envelope }) => [code, { summary: FAULTS[code].text, value: envelope.body }]),
  );
  return { [first.envelope.contentType]: { schema: success === null ? error : { anyOf: [success, error] }, examples } };
}

/** One answer of those that read the same. */
function distinct(answers: readonly Answer[]): readonly Answer[] {
  const byText = new Map(answers.map((answer) => [JSON.stringify(answer.envelope.body), answer] as const).reverse());
  return [...byText.values()].reverse();
}

function exampleOf(dialect: Dialect, code: FaultCode): Envelope {
  return dialect.envelope(toProblem(new Fault(code, code === 'BAD_PARAMETER' ? { details: EXAMPLE_DETAILS } : {})));
}

const RATE_LIMIT_REFS = Object.fromEntries(
  ['Limit', 'Remaining', 'Reset'].map((name) => [`X-RateLimit-${name}`, { $ref: `#/components/headers/RateLimit${name}` }]),
);

/** The headers that responses refer to. */
export const RESPONSE_HEADERS = {
  RequestId: { description: 'Names the request in our logs: tell it when you ask for help', schema: { type: 'string' } },
  Fault: { description: 'The code of the fault in our catalogue, also where the body has none (HEAD)', schema: { type: 'string' } },
  RetryAfter: { description: 'Whole seconds until it is worth trying again', schema: { type: 'integer', minimum: 1 } },
  RateLimitLimit: { description: 'Calls that a window allows', schema: { type: 'integer' } },
  RateLimitRemaining: { description: 'Calls that are left in this window', schema: { type: 'integer' } },
  RateLimitReset: { description: 'When the window ends, in Unix seconds', schema: { type: 'integer' } },
};
