import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** What a service answered. */
export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Whole when the service said how short it is, else as it comes. */
  readonly body: Buffer | Readable;
}

/** An answer broke off after its head had come: the service has seen the request. */
export class BrokenAnswer extends Error {
  constructor(cause: Error) {
    super('the answer broke off', { cause });
  }
}

/** Bodies up to this size are read whole before the first byte goes out: a service that dies in the middle is then still a clean fault. */
const WHOLE_BODY_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Sends one request. undici's own `request()` makes a stream of every body, which costs a short answer more than all that the
 * gateway does with it.
 * @throws BrokenAnswer, and undici's errors when no head came
 */
export function askService(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new AnswerReader(options.method, resolve, reject));
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #method: string;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #stream: Readable | undefined;
  readonly #pieces: Buffer[] = [];

  constructor(method: string, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#method = method;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** undici knows by this method that the others are of its present form. */
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 103 Early Hints and the like: the answer is still to come.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (isShort(this.#method, status, headers)) return;
    this.#stream = new Readable({
      read: () => controller.resume(),
      destroy(error, done) {
        controller.abort(error ?? new Error('nobody reads on'));
        done(error);
      },
    });
    this.#resolve({ status, headers, body: this.#stream });
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#stream === undefined) this.#pieces.push(piece);
    else if (!this.#stream.push(piece)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#stream !== undefined) return void this.#stream.push(null);
    const [first = NOTHING, ...rest] = this.#pieces;
    this.#resolve({ status: this.#status, headers: this.#headers, body: rest.length === 0 ? first : Buffer.concat(this.#pieces) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#stream !== undefined) this.#stream.destroy(error);
    else this.#reject(this.#status === 0 ? error : new BrokenAnswer(error));
  }
}

function isShort(method: string, status: number, { 'content-length': length }: IncomingHttpHeaders): boolean {
  return method === 'HEAD' || status === 204 || Number(length ?? Number.NaN) <= WHOLE_BODY_BYTES;
}
