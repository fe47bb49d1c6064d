import type { IncomingMessage } from 'node:http';
import { Fault } from '@gatehouse/faults';

/** Whether a request has a body to be read, as far as its head tells. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = headers;
  return coding !== undefined || !(length === undefined || length === '0');
}

/**
 * Reads a request's body whole before a service is bothered with it, so that a slow or broken sender holds up nobody
 * but itself and a call can be sent again.
 * @throws Fault PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, BAD_BODY when the sender breaks off
 */
export function readBody(request: IncomingMessage, limitBytes: number, timeLimitMs: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(new Fault('PAYLOAD_TOO_LARGE'));
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(new Fault('REQUEST_TIMEOUT')), timeLimitMs);
    const finish = (fault?: Fault) => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      if (fault === undefined) resolve(Buffer.concat(pieces, size));
      else reject(fault);
    };
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      pieces.push(piece);
      if (size > limitBytes) finish(new Fault('PAYLOAD_TOO_LARGE'));
    });
    request.on('end', () => finish());
    request.on('error', () => finish(new Fault('BAD_BODY', { internal: 'the sender broke off' })));
  });
}
