import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { canonicalAddress, isPrivateAddress } from '@gatehouse/http';
import proxyAddr from 'proxy-addr';

/** Whom the gateway takes a request to come from. */
export interface CallerAddress {
  readonly address: string;
  /** A private or loopback peer that is no declared proxy sent forwarded headers. */
  readonly undeclaredProxy: boolean;
}

/**
 * Makes the reader of the caller's address: the socket's, or what a declared proxy says in `X-Forwarded-For`.
 * @param trusted addresses, CIDRs or `loopback`, `linklocal`, `uniquelocal` of the proxies that are believed
 */
export function createCallerReader(trusted: readonly string[]): (request: IncomingMessage) => CallerAddress {
  const trust = proxyAddr.compile([...trusted]);
  // A connection's own address is read once, not with each of its requests.
  const peers = new WeakMap<Socket, CallerAddress>();
  const peerOf = (socket: Socket): CallerAddress => {
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const address = socket.remoteAddress ?? '';
    const caller = { address: canonicalAddress(address) ?? address, undeclaredProxy: false };
    peers.set(socket, caller);
    return caller;
  };
  return (request) => {
    const { 'x-forwarded-for': chain, forwarded } = request.headers;
    if (chain === undefined && forwarded === undefined) return peerOf(request.socket);
    const peer = request.socket.remoteAddress ?? '';
    if (!trust(peer, 0)) return { address: canonicalAddress(peer) ?? peer, undeclaredProxy: isPrivateAddress(peer) };
    // A proxy that forwards rubbish is taken for the caller itself.
    return { address: canonicalAddress(proxyAddr(request, trust)) ?? canonicalAddress(peer) ?? peer, undeclaredProxy: false };
  };
}
