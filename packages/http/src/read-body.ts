import { Fault } from '@gatehouse/faults';
import busboy from 'busboy';
import express, { type Request, type Response } from 'express';
import type { Body, Fields } from './request.ts';

/** Which forms of body an endpoint takes, and how large. */
export interface BodyRules {
  readonly limitBytes: number;
  readonly multipart: boolean;
}

/** 256 KiB, the limit of every endpoint that says nothing else. */
export const DEFAULT_BODY_LIMIT_BYTES = 256 * 1024;

const NONE: Body = { kind: 'none', fields: {}, value: undefined };
const MAX_FIELDS = 1000;

/**
 * Reads a body by its Content-Type: JSON, urlencoded and, where the endpoint takes it, multipart fields.
 * @throws Fault BAD_BODY for what cannot be read, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
 */
export async function readBody(request: Request, response: Response, rules: BodyRules): Promise<Body> {
  const length = request.headers['content-length'];
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return NONE;
  if (request.is('json') || request.is('+json')) return readJson(request, response, rules);
  if (request.is('urlencoded')) return readForm(request, response, rules);
  if (rules.multipart && request.is('multipart/form-data')) return readMultipart(request, rules);
  throw new Fault('UNSUPPORTED_MEDIA_TYPE');
}

const parsers = new Map<string, Parser>();

/** A parser is the same for every request under the same limit: made once. */
function parserFor(kind: 'json' | 'form', limit: number): Parser {
  const name = `${kind} ${limit}`;
  const common = { limit, inflate: false, type: () => true };
  const parser =
    parsers.get(name) ??
    (kind === 'json'
      ? express.json({ ...common, strict: false })
      : express.urlencoded({ ...common, extended: false, parameterLimit: MAX_FIELDS }));
  parsers.set(name, parser);
  return parser;
}

async function readJson(request: Request, response: Response, { limitBytes }: BodyRules): Promise<Body> {
  await run(parserFor('json', limitBytes), request, response);
  const value: unknown = request.body;
  if (value === undefined) return NONE;
  return { kind: 'json', fields: isFields(value) ? value : {}, value };
}

async function readForm(request: Request, response: Response, { limitBytes }: BodyRules): Promise<Body> {
  await run(parserFor('form', limitBytes), request, response);
  const value: unknown = request.body;
  return { kind: 'form', fields: isFields(value) ? value : {}, value };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Parser = (request: Request, response: Response, next: (error?: unknown) => void) => void;

function run(parser: Parser, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error) => (error === undefined ? resolve() : reject(bodyFault(error))));
  });
}

// The parsers' own error types: https://github.com/expressjs/body-parser#errors
function bodyFault(error: unknown): Fault {
  const type: unknown = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large' || type === 'parameters.too.many') return new Fault('PAYLOAD_TOO_LARGE');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return new Fault('UNSUPPORTED_MEDIA_TYPE');
  // The parser's error holds the body: only its type may travel on.
  return new Fault('BAD_BODY', { internal: typeof type === 'string' ? type : 'unreadable body' });
}

function readMultipart(request: Request, { limitBytes }: BodyRules): Promise<Body> {
  const fields: Record<string, unknown> = Object.create(null);
  return new Promise((resolve, reject) => {
    const fail = (fault: Fault) => {
      request.unpipe(parser);
      request.resume();
      reject(fault);
    };
    const parser = openMultipart(request, limitBytes);
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) fail(new Fault('PAYLOAD_TOO_LARGE'));
    });
    parser.on('field', (name, value, info) => {
      if (info.valueTruncated || info.nameTruncated) fail(new Fault('PAYLOAD_TOO_LARGE'));
      const before = fields[name];
      fields[name] = before === undefined ? value : [before, value].flat();
    });
    parser.on('file', () => fail(new Fault('UNSUPPORTED_MEDIA_TYPE', { detail: 'Files are not taken here, only fields.' })));
    parser.on('fieldsLimit', () => fail(new Fault('PAYLOAD_TOO_LARGE')));
    parser.on('error', () => fail(new Fault('BAD_BODY')));
    parser.on('close', () => resolve({ kind: 'form', fields, value: fields }));
    request.on('aborted', () => fail(new Fault('BAD_BODY', { internal: 'aborted' })));
    request.pipe(parser);
  });
}

function openMultipart(request: Request, limitBytes: number): busboy.Busboy {
  try {
    return busboy({ headers: request.headers, limits: { fieldSize: limitBytes, fields: MAX_FIELDS, parts: MAX_FIELDS } });
  } catch {
    // busboy throws at once when the boundary is missing
    throw new Fault('BAD_BODY', { internal: 'multipart without a boundary' });
  }
}
