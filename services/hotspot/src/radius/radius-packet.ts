import { badParameter, Fault } from '@gatehouse/faults';
import { canonicalAddress, type ServiceRequest } from '@gatehouse/http';
import { canonicalMac } from '../mac-address.ts';
import { type LoginRef, parseLoginRef } from './login-ref.ts';

/** What FreeRADIUS tells with a call, as policies.conf of the folder `freeradius` writes it. */
export interface Told {
  /** For which login the passcode was right, or was tried last. */
  readonly ref: LoginRef | null;
  /** The packet, in the same words with each call about it: see {@link parsePacket}. */
  readonly packet: string;
}

/** The attributes of a RADIUS packet; one that is missing is null. */
export interface RadiusAttributes {
  /**
   * What somebody wrote, which may be anything: control characters are taken out, and it is cut at 253 characters (RFC 2865 §5).
   * Sent as hexadecimal.
   */
  text(name: string): string | null;
  /** One of the dictionary's words, an address, or a number that is no word. */
  word(name: string): string | null;
  /** A whole number from 0 to 4294967295. */
  integer(name: string): number | null;
  /** The values of an attribute of octets, as the text that they spell. */
  octets(name: string): readonly string[];
  /** The guest's device: Calling-Station-Id, if it is a MAC address. */
  readonly mac: string | null;
}

/** A RADIUS packet, and whose it is. */
export interface RadiusPacket extends RadiusAttributes {
  /** The access point, by the name that FreeRADIUS was given with its secret. */
  readonly nasId: number;
  /** Where the access point was heard from. */
  readonly nasAddress: string | null;
}

const HEADER = 'x-gatehouse-packet';
/** Attributes are text of 253 octets at most. */
const MAX_CHARACTERS = 253;
const MAX_INTEGER = 0xffff_ffff;
/** Most of what is sent: nothing in it has to be cleaned. */
const PLAIN = /^[\x20-\x7e]{1,253}$/;

/**
 * Reads the header that comes with each call of FreeRADIUS about a packet: `ref=voucher-12&` and the packet.
 * @throws Fault BAD_PARAMETER without it
 */
export function readTold(request: ServiceRequest): Told {
  const text = request.header(HEADER);
  if (text === undefined) {
    request.log.warn(
      'FreeRADIUS does not say what it is about: start it with the configuration of this version (services/hotspot/freeradius)',
    );
    throw badParameter(HEADER, 'is missing');
  }
  const end = text.indexOf('&');
  return { ref: parseLoginRef(text.slice('ref='.length, end)), packet: text.slice(end + 1) };
}

/**
 * Takes a packet apart: `nas=access-point-7&from=192.0.2.1&User-Name=6775657374&…`. Nothing in it is escaped, for nothing has to be.
 * @throws Fault NOT_FOUND when it names no access point
 */
export function parsePacket(packet: string): RadiusPacket {
  const fields = new Map<string, string>();
  for (const field of packet.split('&')) {
    const end = field.indexOf('=');
    if (end >= 0) fields.set(field.slice(0, end), field.slice(end + 1));
  }
  const word = (name: string) => fields.get(name) || null;
  const text = (name: string) => clean(fromHex(word(name) ?? ''));
  return {
    nasId: readAccessPointId(word('nas')),
    nasAddress: canonicalAddress(word('from') ?? ''),
    text,
    word,
    integer: (name) => toInteger(word(name)),
    octets: (name) => (word(name) ?? '').split(',').map((value) => fromHex(value.replace(/^0x/, ''))),
    mac: canonicalMac(text('Calling-Station-Id') ?? ''),
  };
}

/** The name that FreeRADIUS knows an access point by. */
export function accessPointName(id: number): string {
  return `access-point-${id}`;
}

function readAccessPointId(name: string | null): number {
  const [, digits] = /^access-point-(\d{1,9})$/.exec(name ?? '') ?? [];
  if (digits === undefined) throw new Fault('NOT_FOUND', { detail: 'Access point not found' });
  return Number(digits);
}

function fromHex(text: string): string {
  return Buffer.from(text, 'hex').toString();
}

function clean(text: string): string | null {
  if (PLAIN.test(text)) return text;
  const kept = text.replace(/\p{Cc}/gu, '').slice(0, MAX_CHARACTERS);
  // By way of bytes: half of a pair of surrogates, which PostgreSQL would not take, becomes a replacement character.
  return kept === '' ? null : Buffer.from(kept).toString();
}

function toInteger(text: string | null): number | null {
  if (text === null || !/^\d{1,10}$/.test(text)) return null;
  return Math.min(Number(text), MAX_INTEGER);
}
