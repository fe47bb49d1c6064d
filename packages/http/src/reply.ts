import { type Fault, faultHeaders, PROBLEM_TYPE, toProblem } from '@gatehouse/faults';

/** What an endpoint answers. Exactly one of the forms of a body, or none. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A value to be sent as JSON. */
  readonly body?: unknown;
  /** Ready text; its content type is in `headers`, `application/json` otherwise. */
  readonly text?: string;
  /** Ready text in pieces, sent as they come. */
  readonly stream?: AsyncIterable<string>;
}

/** 200 with a JSON body. */
export function ok(body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return { status: 200, body, ...(headers === undefined ? {} : { headers }) };
}

/** 201 with a JSON body. */
export function created(body: unknown): Reply {
  return { status: 201, body };
}

/** 200 without a body. */
export function done(): Reply {
  return { status: 200 };
}

/** 204: done, nothing to say. */
export function noContent(): Reply {
  return { status: 204 };
}

/** A fault as problem+json. */
export function faultReply(fault: Fault): Reply {
  const problem = toProblem(fault);
  return {
    status: problem.status,
    headers: { ...faultHeaders(fault), 'content-type': PROBLEM_TYPE },
    text: JSON.stringify(problem),
  };
}
