import { Fault } from '@gatehouse/faults';
import type { ServiceRequest } from '@gatehouse/http';
import { canonicalMac } from '../mac-address.ts';

/** The attributes of a RADIUS packet, as modules.conf of the folder `freeradius` writes them: one that is missing is empty. */
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

/** Attributes are text of 253 octets at most. */
const MAX_CHARACTERS = 253;
const MAX_INTEGER = 0xffff_ffff;
/** Most of what is sent: nothing in it has to be cleaned. */
const PLAIN = /^[\x20-\x7e]{1,253}$/;

/** Reads the attributes that FreeRADIUS sent. They stand in the query: reading a body was a quarter of what a report cost. */
export function readAttributes({ query }: ServiceRequest): RadiusAttributes {
  const word = (name: string) => {
    const value = query[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const text = (name: string) => clean(fromHex(word(name) ?? ''));
  return {
    text,
    word,
    integer: (name) => toInteger(word(name)),
    octets: (name) => (word(name) ?? '').split(',').map((value) => fromHex(value.replace(/^0x/, ''))),
    mac: canonicalMac(text('Calling-Station-Id') ?? ''),
  };
}

/**
 * The access point that a call of FreeRADIUS is about: the name that it was given with its secret.
 * @throws Fault NOT_FOUND when there is none
 */
export function readAccessPointId({ query }: ServiceRequest): number {
  const [, digits] = /^access-point-(\d{1,9})$/.exec(String(query.nas)) ?? [];
  if (digits === undefined) throw new Fault('NOT_FOUND', { detail: 'Access point not found' });
  return Number(digits);
}

/** The name that FreeRADIUS knows an access point by, see {@link readAccessPointId}. */
export function accessPointName(id: number): string {
  return `access-point-${id}`;
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
