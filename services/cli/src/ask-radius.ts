import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createSocket } from 'node:dgram';

/** Where a RADIUS server is asked, and with which secret. */
export interface RadiusServer {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** How often it is asked (3), and how long an answer may take (1 s). */
  readonly tries?: number;
  readonly waitMs?: number;
}

const STATUS_SERVER = 12;
const ACCESS_ACCEPT = 2;
const MESSAGE_AUTHENTICATOR = 80;
const HEAD_BYTES = 20;
const TRIES = 3;
const WAIT_MS = 1_000;

/**
 * Asks a RADIUS server whether it is there (Status-Server, RFC 5997), from this machine, which it must know as an access point.
 * @returns `ok`, `no answer` (it is not there, or does not know this machine), or `wrong secret`
 */
export async function askRadius(server: RadiusServer): Promise<'ok' | 'no answer' | 'wrong secret'> {
  const request = statusRequest(server.secret);
  for (let attempt = 0; attempt < (server.tries ?? TRIES); attempt += 1) {
    const reply = await exchange(server, request);
    if (reply !== null) return isGenuine(reply, request, server.secret) ? 'ok' : 'wrong secret';
  }
  return 'no answer';
}

function statusRequest(secret: string): Buffer {
  const packet = Buffer.alloc(HEAD_BYTES + 18);
  packet.writeUInt8(STATUS_SERVER, 0);
  packet.writeUInt8(randomBytes(1).readUInt8(0), 1);
  packet.writeUInt16BE(packet.length, 2);
  randomBytes(16).copy(packet, 4);
  packet.writeUInt8(MESSAGE_AUTHENTICATOR, HEAD_BYTES);
  packet.writeUInt8(18, HEAD_BYTES + 1);
  // RFC 3579 §3.2: over the packet with zeros in its place.
  createHmac('md5', secret)
    .update(packet)
    .digest()
    .copy(packet, HEAD_BYTES + 2);
  return packet;
}

function exchange({ host, port, waitMs = WAIT_MS }: RadiusServer, request: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const settle = (reply: Buffer | null) => {
      clearTimeout(timer);
      socket.close();
      resolve(reply);
    };
    const timer = setTimeout(() => settle(null), waitMs);
    socket.on('message', settle);
    socket.on('error', () => settle(null));
    socket.send(request, port, host);
  });
}

/** RFC 2865 §3: the Response Authenticator. */
function isGenuine(reply: Buffer, request: Buffer, secret: string): boolean {
  if (reply.length < HEAD_BYTES || reply[0] !== ACCESS_ACCEPT || reply[1] !== request[1]) return false;
  const hash = createHash('md5')
    .update(reply.subarray(0, 4))
    .update(request.subarray(4, 20))
    .update(reply.subarray(HEAD_BYTES))
    .update(secret);
  return timingSafeEqual(hash.digest(), reply.subarray(4, 20));
}
