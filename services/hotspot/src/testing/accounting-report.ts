import { attribute } from './radius-socket.ts';

/** Values of Acct-Status-Type (RFC 2866 §5.1). */
export const START = 1;
export const STOP = 2;
export const INTERIM = 3;
export const ON = 7;

/** What a test has an access point report. */
export interface Report {
  readonly status: number;
  readonly classRef?: string;
  /** Acct-Session-Id */
  readonly session?: string;
  /** Bytes from the guest. */
  readonly sent?: number;
  /** Bytes to the guest. */
  readonly got?: number;
  readonly seconds?: number;
  readonly delay?: number;
  readonly cause?: number;
}

/** The attributes of a report, by their numbers in RFC 2865 to 2869. */
export function encodeReport({ status, classRef, session = 's1', sent = 0, got = 0, seconds = 0, delay = 0, cause }: Report): Buffer[] {
  const low = (bytes: number) => bytes % 2 ** 32;
  const high = (bytes: number) => Math.floor(bytes / 2 ** 32);
  return [
    ...[attribute(40, status), attribute(44, session), attribute(46, seconds), attribute(41, delay)],
    ...[attribute(42, low(sent)), attribute(52, high(sent)), attribute(43, low(got)), attribute(53, high(got))],
    ...(classRef === undefined ? [] : [attribute(25, classRef)]),
    ...(cause === undefined ? [] : [attribute(49, cause)]),
  ];
}
