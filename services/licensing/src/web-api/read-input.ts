import { EXTRACTORS, hashToken } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import type { Body, Fields, ServiceRequest } from '@gatehouse/http';
import { sliceMember } from './slice-member.ts';

/** What a call came with, as far as it is known before its command is. */
export interface WebApiInput {
  /** Null: none was sent. Else the hash of what was sent, and the key when it has the form of one. */
  readonly key: { readonly value: string | null; readonly hash: Buffer; readonly last4: string } | null;
  /** Null: the command is no single text. Undefined: none was sent. */
  readonly command: string | null | undefined;
  /** The body was needed for the above and cannot be read. */
  readonly bodyFault: Fault | null;
}

/** The form of a licence key (web-api.md). */
const KEY_FORM = /^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$/;

/** Reads `key` and `cmd`. The body is only read when the query does not have both, so that a stranger's body costs nothing. */
export async function readInput(request: ServiceRequest): Promise<WebApiInput> {
  const { query } = request;
  const isComplete = query.key !== undefined && query.cmd !== undefined;
  const body = isComplete ? {} : await readFields(request).catch(toBodyFault);
  if (body instanceof Fault) return { key: null, command: undefined, bodyFault: body };
  const command = query.cmd ?? body.cmd;
  return {
    key: readKey(request, body),
    command: typeof command === 'string' || command === undefined ? command : null,
    bodyFault: null,
  };
}

/**
 * The parameters of a call: those of the query, and on POST those of the body; the query wins.
 * @param rawParam this one is text byte for byte, as it stands in the body, whatever JSON type it has there
 * @throws Fault BAD_BODY, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
 */
export async function readParams(request: ServiceRequest, rawParam?: string): Promise<Fields> {
  // Without a prototype: `__proto__` is a name like any other there.
  return Object.assign(Object.create(null), await readFields(request, rawParam), request.query);
}

async function readFields(request: ServiceRequest, rawParam?: string): Promise<Fields> {
  if (request.method !== 'POST') return {};
  // Listening must begin in the turn in which the parser does.
  const text = request.header('content-type')?.includes('json') ? keepText(request) : () => '';
  const { kind, fields, value }: Body = await request.body();
  if (kind !== 'json') return fields;
  if (fields !== value) throw new Fault('BAD_BODY', { internal: 'the JSON body is no object' });
  if (rawParam === undefined || fields[rawParam] === undefined || typeof fields[rawParam] === 'string') return fields;
  return { ...fields, [rawParam]: sliceMember(text(), rawParam) };
}

const kept = new WeakMap<ServiceRequest, readonly Buffer[]>();

/**
 * Keeps the bytes of a body as they come by on their way to the parser: what JSON.parse makes of `1.0` or of a large number
 * cannot be turned back into what was sent. Only the first call of a request finds them still to come.
 */
function keepText(request: ServiceRequest): () => string {
  const before = kept.get(request);
  const chunks: Buffer[] = [];
  if (before === undefined) {
    kept.set(request, chunks);
    request.raw.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  return () => Buffer.concat(before ?? chunks).toString('utf8');
}

function readKey({ method, query, raw }: ServiceRequest, body: Fields): WebApiInput['key'] {
  const found = EXTRACTORS['web-api']({ method, headers: raw.headers, query, body });
  if (found.found === 'none') return null;
  if (found.found === 'malformed') {
    return { value: null, hash: hashToken(JSON.stringify(query.key ?? body.key ?? null)), last4: '' };
  }
  const { token } = found;
  const last4 = token.length < 12 ? '' : token.slice(-4);
  return { value: KEY_FORM.test(token) ? token : null, hash: hashToken(token), last4 };
}

function toBodyFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
