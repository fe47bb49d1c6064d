import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { OperatorError } from '@gatehouse/faults';
import type { Express } from 'express';
import { ownMessages } from './express-messages.ts';

/** Longer than the gateway keeps an idle connection to a service. */
const IDLE_GRACE_MS = 2_000;

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** Takes no new connection, lets running requests end, then resolves; cuts what is left after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** A port is in use, or may not be opened: a sentence for the operator. */
export class ListenError extends OperatorError {
  override readonly name = 'ListenError';
}

/**
 * Starts an HTTP server.
 * @param port 0 for any free port
 * @param setting the setting that the operator chose the port by
 * @throws ListenError when the port cannot be had
 */
export function listen(listener: RequestListener, port: number, host: string, setting = 'PORT'): Promise<Listening> {
  const messages = isExpress(listener) ? ownMessages(listener) : {};
  const server = createServer({ ...messages, keepAliveTimeout: 75_000, headersTimeout: 20_000, requestTimeout: 60_000 }, listener);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(explain(error, port, host, setting), { cause: error })));
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve({ server, port: actual, close: (graceMs = 10_000) => drain(server, graceMs) });
    });
  });
}

function isExpress(listener: RequestListener | Express): listener is Express {
  return 'request' in listener && 'response' in listener;
}

function explain(error: NodeJS.ErrnoException, port: number, host: string, setting: string): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is in use: stop what listens there, or set ${setting} to another.`;
  if (error.code === 'EACCES') return `Port ${port} on ${host} may not be opened by this user: set ${setting} to one above 1023.`;
  return `Cannot listen on ${host}:${port} (${error.code ?? error.message}).`;
}

/**
 * Ends a server so that no request is lost: it takes no new connection, says `Connection: close` in every answer from
 * here on, and waits for connections that are idle to be closed from the other side, since closing them from here could hit
 * a request that is on its way.
 */
async function drain(server: Server, graceMs: number): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const closed = new Promise<void>((resolve) => {
    // Of net, not of http: that one would cut idle connections at once.
    NetServer.prototype.close.call(server, () => resolve());
  });
  const cutIdle = setTimeout(() => server.closeIdleConnections(), Math.min(graceMs, IDLE_GRACE_MS));
  const cutAll = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cutIdle);
  clearTimeout(cutAll);
  // What http's own close would have ended: its timer of stalled connections.
  server.close();
}
