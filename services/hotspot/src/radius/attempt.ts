import { canonicalAddress } from '@gatehouse/http';
import type { RadiusPacket } from './radius-packet.ts';

/** Which name is used, and where and on what. */
export interface Attempt {
  /** The access point. */
  readonly nasId: number;
  /** Where it was heard from. */
  readonly nasAddress: string | null;
  readonly login: string;
  readonly mac: string | null;
  /** The Request Authenticator: 16 octets that no other request of this access point has (RFC 2865 §3). */
  readonly authenticator: string | null;
  readonly acctSessionId: string | null;
  /** The guest's own, if it is known already. */
  readonly address: string | null;
  readonly now: Date;
}

/** The attempt that an Access-Request is. */
export function toAttempt(packet: RadiusPacket, now: Date): Attempt {
  return {
    nasId: packet.nasId,
    nasAddress: packet.nasAddress,
    login: packet.text('User-Name') ?? '',
    mac: packet.mac,
    authenticator: packet.word('Authenticator'),
    acctSessionId: packet.text('Acct-Session-Id'),
    address: canonicalAddress(packet.word('Framed-IP-Address') ?? ''),
    now,
  };
}
