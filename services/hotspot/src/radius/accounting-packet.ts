import { canonicalAddress } from '@gatehouse/http';
import type { RadiusAttributes } from './radius-packet.ts';

/** What an access point reports of a session (RFC 2866). */
export interface AccountingPacket {
  /** The Class that we handed out; null: the access point does not hand it back. */
  readonly classRef: string | null;
  readonly nasId: number;
  readonly login: string;
  readonly acctSessionId: string | null;
  /** Over the whole session so far. In: what the guest sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly seconds: number;
  readonly mac: string | null;
  readonly address: string | null;
  /** When it happened, which may be before it was heard. */
  readonly at: Date;
  /** Whether it says that the guest is on line (Start, Interim-Update). */
  readonly alive: boolean;
  /** Whether the session has ended (Stop), and why. */
  readonly stopped: boolean;
  readonly cause: string | null;
}

/** Counters beyond it (8 PiB) are a mistake of the access point, and would run over in sums. */
const MAX_BYTES = 2 ** 53;
const GIGAWORD = 2 ** 32;
const MAX_SECONDS = 2_147_483_647;
const CLASS_FORM = /^[0-9a-f]{32}$/;
const STATUSES: Readonly<Record<string, Pick<AccountingPacket, 'alive' | 'stopped'>>> = {
  Start: { alive: true, stopped: false },
  'Interim-Update': { alive: true, stopped: false },
  Alive: { alive: true, stopped: false },
  Stop: { alive: false, stopped: true },
};

/** @returns null when the packet is not about a session */
export function toAccountingPacket(attributes: RadiusAttributes, nasId: number, now: Date): AccountingPacket | null {
  const status = STATUSES[attributes.word('Acct-Status-Type') ?? ''];
  if (status === undefined) return null;
  // Member by member: V8 of Node 20 is slow at members after a spread (docs/performance.md).
  return {
    nasId,
    classRef: attributes.octets('Class').find((value) => CLASS_FORM.test(value)) ?? null,
    login: attributes.text('User-Name') ?? '',
    acctSessionId: attributes.text('Acct-Session-Id'),
    bytesIn: bytes(attributes, 'Input'),
    bytesOut: bytes(attributes, 'Output'),
    seconds: Math.min(attributes.integer('Acct-Session-Time') ?? 0, MAX_SECONDS),
    mac: attributes.mac,
    address: canonicalAddress(attributes.word('Framed-IP-Address') ?? ''),
    at: happenedAt(attributes, now),
    alive: status.alive,
    stopped: status.stopped,
    cause: status.stopped ? (attributes.word('Acct-Terminate-Cause') ?? 'unknown') : null,
  };
}

/** When what a packet tells of happened: an access point that had to wait says how long (Acct-Delay-Time). */
export function happenedAt(attributes: RadiusAttributes, now: Date): Date {
  return new Date(now.getTime() - (attributes.integer('Acct-Delay-Time') ?? 0) * 1000);
}

/** Octets count to 4 GiB, Gigawords how often they began again (RFC 2869 §5.1). */
function bytes(attributes: RadiusAttributes, direction: 'Input' | 'Output'): number {
  const octets = attributes.integer(`Acct-${direction}-Octets`) ?? 0;
  const gigawords = attributes.integer(`Acct-${direction}-Gigawords`) ?? 0;
  return Math.min(gigawords * GIGAWORD + octets, MAX_BYTES);
}

/**
 * Packets of a batch, one a session: counters only grow, so the highest stands for all, in whichever order they came.
 * Packets of two sessions that share a Class (a device that went from one access point to another) do not go together.
 * @returns the folded packets, and those that have to wait for the next batch
 */
export function foldPackets<Item extends { readonly packet: AccountingPacket }>(items: readonly Item[]) {
  const folded = new Map<string, AccountingPacket>();
  const taken: Item[] = [];
  const later: Item[] = [];
  for (const item of items) {
    const { packet } = item;
    const key = packet.classRef ?? '';
    const before = folded.get(key);
    if (before !== undefined && !isSameSession(before, packet)) {
      later.push(item);
      continue;
    }
    folded.set(key, before === undefined ? packet : merge(before, packet));
    taken.push(item);
  }
  return { packets: [...folded.values()], taken, later };
}

function isSameSession(a: AccountingPacket, b: AccountingPacket): boolean {
  return a.nasId === b.nasId && a.acctSessionId === b.acctSessionId;
}

function merge(a: AccountingPacket, b: AccountingPacket): AccountingPacket {
  const latest = b.at > a.at ? b : a;
  const first = a.stopped ? a : b;
  return {
    ...latest,
    bytesIn: Math.max(a.bytesIn, b.bytesIn),
    bytesOut: Math.max(a.bytesOut, b.bytesOut),
    seconds: Math.max(a.seconds, b.seconds),
    mac: a.mac ?? b.mac,
    address: latest.address ?? a.address ?? b.address,
    alive: a.alive || b.alive,
    stopped: a.stopped || b.stopped,
    cause: first.cause,
  };
}
