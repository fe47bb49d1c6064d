import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';

/**
 * A sender of RADIUS packets for load and for packets that radclient does not make: radclient is a process a packet, and stops at
 * about 2,000 a second.
 */
export interface RadiusSocket {
  /** Sends an Access-Request with PAP and a Message-Authenticator. @returns the code of the answer */
  login(name: string, passcode: string, attributes?: readonly Buffer[]): Promise<number>;
  /** As `login`. @returns the Class of the session it opened @throws Error when it is refused */
  signIn(name: string, passcode: string, attributes?: readonly Buffer[]): Promise<string>;
  /** Sends an Accounting-Request and waits for its answer. */
  account(attributes: readonly Buffer[]): Promise<void>;
  close(): void;
}

/** Codes of answers. */
export const ACCEPTED = 2;
export const REJECTED = 3;

const ACCESS_REQUEST = 1;
const ACCOUNTING_REQUEST = 4;
const CLASS = 25;
/** Requests under way at once, as a small router has them. */
const OUTSTANDING = 8;

/** Opens a socket on an access point's address. It sends again what was not answered, like a true access point. */
export async function openRadiusSocket(
  address: string,
  secret: string,
  ports: { readonly authPort: number; readonly acctPort: number },
  retryMs = 2_000,
): Promise<RadiusSocket> {
  const socket = await bind(address);
  const waiting = new Map<number, { readonly packet: Buffer; readonly done: (answer: Buffer) => void }>();
  const free = Array.from({ length: OUTSTANDING }, (_, id) => id);
  const queue: ((id: number) => void)[] = [];
  socket.on('message', (answer) => {
    const asked = waiting.get(answer.readUInt8(1));
    // A late second answer to an earlier packet of this number is none to this one.
    if (asked !== undefined && isAnswerTo(asked.packet, answer, secret)) asked.done(answer);
  });

  const takeId = () => new Promise<number>((resolve) => (free.length > 0 ? resolve(Number(free.shift())) : queue.push(resolve)));
  const giveBack = (id: number) => {
    const next = queue.shift();
    if (next === undefined) free.push(id);
    else next(id);
  };

  async function exchange(port: number, encode: (id: number) => Buffer): Promise<Buffer> {
    const id = await takeId();
    const packet = encode(id);
    const send = () => socket.send(packet, port, '127.0.0.1');
    const timer = setInterval(send, retryMs);
    const answer = await new Promise<Buffer>((done) => {
      waiting.set(id, { packet, done });
      send();
    });
    clearInterval(timer);
    waiting.delete(id);
    giveBack(id);
    return answer;
  }

  const ask = (name: string, passcode: string, attributes: readonly Buffer[] = []) =>
    exchange(ports.authPort, (id) => encodeLogin(id, secret, name, passcode, attributes));
  return {
    login: async (name, passcode, attributes) => (await ask(name, passcode, attributes)).readUInt8(0),
    async signIn(name, passcode, attributes) {
      const answer = await ask(name, passcode, attributes);
      const classRef = readAttributes(answer).get(CLASS);
      if (classRef === undefined) throw new Error(`${name} was refused.`);
      return classRef.toString();
    },
    async account(attributes) {
      await exchange(ports.acctPort, (id) => encodeAccounting(id, secret, attributes));
    },
    close: () => socket.close(),
  };
}

/** An attribute of text, octets or a number (RFC 2865 §5). */
export function attribute(type: number, value: string | number | Buffer): Buffer {
  const octets = typeof value === 'number' ? numberOctets(value) : Buffer.from(value);
  return Buffer.concat([Buffer.from([type, octets.length + 2]), octets]);
}

/** The attributes of a packet by their numbers; of one that is there twice, the last. */
export function readAttributes(packet: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at < packet.length; at += packet.readUInt8(at + 1)) {
    attributes.set(packet.readUInt8(at), packet.subarray(at + 2, at + packet.readUInt8(at + 1)));
  }
  return attributes;
}

/** Binds a UDP socket to an address, on any port unless told. */
export async function bind(address: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, resolve);
  });
  return socket;
}

/** An Access-Request with PAP (RFC 2865 §5.2) and a Message-Authenticator (RFC 2869 §5.14). */
export function encodeLogin(id: number, secret: string, name: string, passcode: string, attributes: readonly Buffer[] = []): Buffer {
  const authenticator = randomBytes(16);
  const hidden = attribute(2, hidePassword(passcode, secret, authenticator));
  const unsigned = attribute(80, Buffer.alloc(16));
  const packet = encode(ACCESS_REQUEST, id, authenticator, [unsigned, attribute(1, name), hidden, ...attributes]);
  createHmac('md5', secret).update(packet).digest().copy(packet, 22);
  return packet;
}

/** Whether the Response Authenticator is right (RFC 2865 §3). */
function isAnswerTo(request: Buffer, answer: Buffer, secret: string): boolean {
  const signed = Buffer.concat([answer.subarray(0, 4), request.subarray(4, 20), answer.subarray(20), Buffer.from(secret)]);
  return createHash('md5').update(signed).digest().equals(answer.subarray(4, 20));
}

function encodeAccounting(id: number, secret: string, attributes: readonly Buffer[]): Buffer {
  const packet = encode(ACCOUNTING_REQUEST, id, Buffer.alloc(16), attributes);
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4);
  return packet;
}

function encode(code: number, id: number, authenticator: Buffer, attributes: readonly Buffer[]): Buffer {
  const head = Buffer.from([code, id, 0, 0]);
  const packet = Buffer.concat([head, authenticator, ...attributes]);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}

function hidePassword(passcode: string, secret: string, authenticator: Buffer): Buffer {
  const plain = Buffer.from(passcode);
  const padded = Buffer.concat([plain, Buffer.alloc((16 - (plain.length % 16)) % 16)]);
  let before = authenticator;
  for (let start = 0; start < padded.length; start += 16) {
    const mask = createHash('md5').update(secret).update(before).digest();
    for (let index = 0; index < 16; index += 1) padded[start + index] = (padded[start + index] ?? 0) ^ (mask[index] ?? 0);
    before = padded.subarray(start, start + 16);
  }
  return padded;
}

function numberOctets(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
