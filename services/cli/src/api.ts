import { randomUUID } from 'node:crypto';
import { CliError, codeOf, EXIT, type ExitCode } from './exit-codes.ts';
import { splitLines } from './split-lines.ts';

/** A value of JSON's objects, as replies hold them. */
export type Json = Readonly<Record<string, unknown>>;

/** What a request may carry. */
export interface ApiRequest {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Sent in place of the operator's token; null sends none. */
  readonly token?: string | null;
  /** Whether sending it twice must do it once (as for every write; not for what is only asked by POST). */
  readonly isWrite?: boolean;
}

/** The gateway as this operator sees it. */
export interface Api {
  readonly url: string;
  /** One call. @returns the reply's JSON, an empty object without one. @throws CliError */
  call(method: string, path: string, request?: ApiRequest): Promise<Json>;
  /** The items of a list, page after page, `limit` at most. */
  list(path: string, query: ApiRequest['query'], limit: number): AsyncGenerator<Json>;
  /** A reply of many lines, line by line. @throws CliError when it breaks off */
  lines(method: string, path: string, request?: ApiRequest): AsyncGenerator<string>;
}

/** What {@link createApi} takes. */
export interface ApiOptions {
  readonly url: string;
  /** Asked for when the first call needs it. @throws CliError when there is none */
  readonly token: () => string;
}

const TIME_LIMIT_MS = 60_000;
const PAGE_ITEMS = 200;

/** Makes the client of the gateway. Writes carry an `Idempotency-Key`, so that one that is sent twice is done once. */
export function createApi({ url, token }: ApiOptions): Api {
  async function send(method: string, path: string, request: ApiRequest = {}): Promise<Response> {
    // The time for the head of an answer; its body may take longer.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException('no answer in time', 'TimeoutError')), TIME_LIMIT_MS);
    try {
      return await sendWithin(limit.signal, method, path, request);
    } finally {
      clearTimeout(timer);
    }
  }

  async function sendWithin(signal: AbortSignal, method: string, path: string, request: ApiRequest): Promise<Response> {
    const { query = {}, body, token: other, isWrite = method !== 'GET' } = request;
    const target = new URL(url + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, String(value));
    const bearer = other === undefined ? token() : other;
    const headers = {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isWrite ? { 'idempotency-key': randomUUID() } : {}),
    };
    const response = await fetch(target, {
      method,
      headers,
      redirect: 'error',
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new CliError(
        `Nothing answers at ${target.origin} (${causeOf(error)}). Is Gatehouse running? GATEHOUSE_URL or --url says where.`,
        EXIT.unreachable,
      );
    });
    if (!response.ok) throw await toRefusal(response);
    return response;
  }

  return {
    url,
    async call(method, path, request) {
      return toJson(await (await send(method, path, request)).text());
    },
    async *list(path, query, limit) {
      let cursor: string | undefined;
      for (let left = limit; left > 0; ) {
        const page = await this.call('GET', path, { query: { ...query, limit: Math.min(left, PAGE_ITEMS), cursor } });
        const items = itemsOf(page);
        yield* items;
        left -= items.length;
        if (typeof page.next_cursor !== 'string') return;
        cursor = page.next_cursor;
      }
    },
    async *lines(method, path, request) {
      const { body } = await send(method, path, { ...request, isWrite: false });
      if (body === null) return;
      try {
        yield* splitLines(body.pipeThrough(new TextDecoderStream()));
      } catch (error) {
        throw new CliError(`The answer broke off (${causeOf(error)}).`, EXIT.unreachable);
      }
    },
  };
}

/** The items of a page of our own APIs. */
export function itemsOf(page: Json): Json[] {
  return Array.isArray(page.items) ? page.items.filter(isJson) : [];
}

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a reply, or a line of one. @throws CliError */
export function toJson(text: string): Json {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isJson(value)) return value;
  } catch {
    // Told below.
  }
  throw new CliError('What answers is not Gatehouse: its answer is not JSON. GATEHOUSE_URL or --url says where it is.', EXIT.unreachable);
}

/** What the server said, in a sentence: problem+json of our own APIs, or the envelope of `keys`. */
async function toRefusal(response: Response): Promise<CliError> {
  const text = await response.text().catch(() => '');
  const problem = readProblem(text);
  const { title, detail, error, code, details } = problem;
  const sentence = [detail, title, error].find((part) => typeof part === 'string') ?? `It answered ${response.status}.`;
  const parts = (Array.isArray(details) ? details : []).filter(isJson).map(({ path, message }) => `  ${String(path)} ${String(message)}`);
  const name = typeof code === 'string' ? ` [${code}]` : '';
  const id = response.status >= 500 ? ` (request ${response.headers.get('x-request-id') ?? 'unknown'})` : '';
  return new CliError([`${sentence}${name}${id}`, ...parts].join('\n'), exitCodeOf(response.status));
}

function readProblem(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.denied;
  return status >= 500 ? EXIT.unreachable : EXIT.refused;
}

function causeOf(error: unknown): string {
  const cause: unknown = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
  const isLate = typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
  return codeOf(cause) ?? (isLate ? 'no answer in time' : 'no connection');
}
