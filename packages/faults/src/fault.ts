import { FAULTS, type FaultCode } from './catalogue.ts';

/** One wrong parameter: where it stands (`hwids.0`, `page`) and the rule it breaks. Never its value. */
export interface FaultDetail {
  readonly path: string;
  readonly message: string;
}

/** What may accompany a fault. */
export interface FaultOptions {
  /** Public sentence in place of the catalogue's. Must hold no secret and no input. */
  readonly detail?: string;
  /** The parameters that are wrong. */
  readonly details?: readonly FaultDetail[];
  /** A finer code within the fault, such as the verdict of a refused licence key. */
  readonly reason?: string;
  /** Response headers that belong to the fault (`Allow`, `X-RateLimit-…`), lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole seconds until it is worth trying again; becomes `Retry-After`, at least 1. */
  readonly retryAfterSeconds?: number;
  /** For the log only: what really happened. */
  readonly internal?: string;
  /** For the log only: the error that led here. */
  readonly cause?: unknown;
}

/**
 * A failure that a caller is told about. Throw it anywhere below an endpoint; the service answers it as
 * problem+json and the gateway puts it into the envelope of the dialect that was asked.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly options: FaultOptions;

  constructor(code: FaultCode, options: FaultOptions = {}) {
    super(options.internal ?? options.detail ?? FAULTS[code].text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.options = options;
  }
}

/** A `BAD_PARAMETER` fault that names one parameter. */
export function badParameter(path: string, message: string): Fault {
  return new Fault('BAD_PARAMETER', { details: [{ path, message }] });
}
