import type { FaultCode, FaultKind, Problem } from '@gatehouse/faults';

/** The services behind the gateway. */
export type ServiceName = 'licensing' | 'accounts' | 'hotspot';

/** The documented APIs, and `native` for our own. */
export type DialectName = 'web-api' | 'keys' | 'phpstrap' | 'altercpa' | 'hotspot' | 'native';

/** How a fault reads in a dialect: the HTTP status and the whole body. */
export interface Envelope {
  readonly status: number;
  readonly contentType: string;
  readonly body: object;
  /** Spaces that the JSON is indented by, where the caller asked for it. */
  readonly indent?: number;
}

/** A documented API: which paths are its own, which service answers them, and how a fault reads in it. */
export interface Dialect {
  readonly name: DialectName;
  /** Name of the API in its public documentation. */
  readonly title: string;
  /** What its public documentation opens with, in Markdown: how it is called, and what was decided where the document is silent. */
  readonly about: string;
  /** JSON Schema of {@link Envelope.body}. */
  readonly errorSchema: Readonly<Record<string, unknown>>;
  /**
   * @param path the path as sent, without the query
   * @returns the service that owns the path, or null when the path is not this dialect's
   */
  serviceOf(path: string): ServiceName | null;
  /**
   * Puts a fault into the documented envelope.
   * @param query of the request, without the question mark
   */
  envelope(problem: Problem, query?: string): Envelope;
  /** The largest request body that any endpoint of the dialect takes; an endpoint may take less. */
  readonly bodyLimitBytes: number;
  /** Whether the document wants the rate-limit figures on every response, also on those that the gateway makes. */
  readonly rateLimitHeaders: boolean;
}

/** What a dialect says for each kind of fault, and for the few faults that have words of their own. */
export interface Phrasebook<Phrase> {
  readonly kinds: Readonly<Record<FaultKind, Phrase>>;
  readonly faults: Readonly<Partial<Record<FaultCode, Phrase>>>;
}

/** 256 KiB: the body limit where an endpoint does not say more. */
export const DEFAULT_BODY_LIMIT_BYTES = 256 * 1024;
