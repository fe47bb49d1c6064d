import type { IncomingMessage } from 'node:http';
import type { Caller } from './caller.ts';
import type { Logger } from './log.ts';

/** Parameters by name. One that was given more than once is a list, which every check refuses. */
export type Fields = Readonly<Record<string, unknown>>;

/** How a body was written: strict types in JSON, text in a form. */
export interface Body {
  readonly kind: 'none' | 'json' | 'form';
  readonly fields: Fields;
  /** The JSON value as parsed, also when it is no object. */
  readonly value: unknown;
}

/** What the audit log says of an attempt, filled in as the request goes along. Never a credential. */
export interface AttemptNotes {
  endpoint?: string;
  /** `user:12`, `site:3`, `operator`, … */
  principal?: string;
  /** The seller whose log this attempt belongs to. */
  ownerId?: number;
  /** Last four characters of the licence key that was used. */
  last4?: string;
  /** What became of it where the status does not say, such as a verdict. */
  outcome?: string;
}

/** A request as an endpoint sees it. */
export interface ServiceRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  /** The site that the cloud host names, when the request came by one. */
  readonly slug: string | null;
  /** The time that this request is judged by. */
  readonly now: Date;
  readonly params: Fields;
  readonly query: Fields;
  readonly log: Logger;
  readonly notes: AttemptNotes;
  /** The bare request, for those who stream it. */
  readonly raw: IncomingMessage;
  /**
   * Reads the body once.
   * @throws Fault BAD_BODY, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
   */
  body(): Promise<Body>;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
}
