import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Numbers of RADIUS (RFC 2865, 2866, 2869). */
export const CODES = { accessRequest: 1, accessAccept: 2, accountingRequest: 4, accountingResponse: 5 };
export const ATTRIBUTES = {
  userName: 1,
  userPassword: 2,
  nasIpAddress: 4,
  class: 25,
  callingStationId: 31,
  acctStatusType: 40,
  acctInputOctets: 42,
  acctOutputOctets: 43,
  acctSessionId: 44,
  acctSessionTime: 46,
  messageAuthenticator: 80,
};
export const STATUS = { start: 1, stop: 2, interim: 3 };

/**
 * An attribute of text, octets or a number (RFC 2865 §5).
 * @param {number} type
 * @param {string | number | Buffer} value
 */
export function attribute(type, value) {
  const octets = typeof value === 'number' ? toOctets(value) : Buffer.from(value);
  return Buffer.concat([Buffer.from([type, octets.length + 2]), octets]);
}

/**
 * An Access-Request with PAP (RFC 2865 §5.2), signed by a Message-Authenticator that stands first (RFC 2869 §5.14, BlastRADIUS).
 * @param {{ readonly id: number, readonly secret: string, readonly name: string, readonly passcode: string, readonly more: readonly Buffer[] }} login
 */
export function encodeLogin({ id, secret, name, passcode, more }) {
  const authenticator = drawAuthenticator();
  const packet = encode(CODES.accessRequest, id, authenticator, [
    attribute(ATTRIBUTES.messageAuthenticator, Buffer.alloc(16)),
    attribute(ATTRIBUTES.userName, name),
    attribute(ATTRIBUTES.userPassword, hide(passcode, secret, authenticator)),
    ...more,
  ]);
  createHmac('md5', secret).update(packet).digest().copy(packet, 22);
  return packet;
}

/**
 * An Accounting-Request with its Request Authenticator (RFC 2866 §3).
 * @param {{ readonly id: number, readonly secret: string, readonly more: readonly Buffer[] }} report
 */
export function encodeReport({ id, secret, more }) {
  const packet = encode(CODES.accountingRequest, id, Buffer.alloc(16), more);
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4);
  return packet;
}

/**
 * Whether an answer is one to a request, by its number and Response Authenticator (RFC 2865 §3).
 * @param {Buffer} request
 * @param {Buffer} answer
 * @param {string} secret
 */
export function isAnswerTo(request, answer, secret) {
  if (answer[1] !== request[1]) return false;
  const signed = Buffer.concat([answer.subarray(0, 4), request.subarray(4, 20), answer.subarray(20), Buffer.from(secret)]);
  return createHash('md5').update(signed).digest().equals(answer.subarray(4, 20));
}

/**
 * The first attribute of a type in a packet.
 * @param {Buffer} packet
 * @param {number} type
 * @returns {Buffer | undefined}
 */
export function findAttribute(packet, type) {
  for (let at = 20; at + 2 <= packet.length; at += packet[at + 1] || packet.length) {
    if (packet[at] === type) return packet.subarray(at + 2, at + (packet[at + 1] ?? 2));
  }
  return undefined;
}

/**
 * @param {number} code
 * @param {number} id
 * @param {Buffer} authenticator
 * @param {readonly Buffer[]} attributes
 */
function encode(code, id, authenticator, attributes) {
  const packet = Buffer.concat([Buffer.from([code, id, 0, 0]), authenticator, ...attributes]);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}

/**
 * @param {string} passcode
 * @param {string} secret
 * @param {Buffer} authenticator
 */
function hide(passcode, secret, authenticator) {
  const plain = Buffer.from(passcode);
  const hidden = Buffer.concat([plain, Buffer.alloc((16 - (plain.length % 16)) % 16)]);
  let before = authenticator;
  for (let start = 0; start < hidden.length; start += 16) {
    const mask = createHash('md5').update(secret).update(before).digest();
    for (let index = 0; index < 16; index += 1) hidden[start + index] = (hidden[start + index] ?? 0) ^ (mask[index] ?? 0);
    before = hidden.subarray(start, start + 16);
  }
  return hidden;
}

let drawn = Buffer.alloc(0);

/** 16 random octets. Drawn for many at once: the load shares its processors with those whom it measures. */
function drawAuthenticator() {
  if (drawn.length === 0) drawn = randomBytes(16 * 1024);
  const authenticator = drawn.subarray(0, 16);
  drawn = drawn.subarray(16);
  return authenticator;
}

/** @param {number} value */
function toOctets(value) {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
