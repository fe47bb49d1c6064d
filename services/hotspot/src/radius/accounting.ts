import { setImmediate } from 'node:timers/promises';
import { badParameter } from '@gatehouse/faults';
import { noContent, type Reply, type ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { type AccountingPacket, foldPackets, happenedAt, toAccountingPacket } from './accounting-packet.ts';
import {
  type AccountedSession,
  accountPackets,
  type ClassedPacket,
  endSessionsOfNas,
  findClassRef,
  openSibling,
} from './accounting-repository.ts';
import { disconnectSessions } from './disconnect.ts';
import { parsePacket, readTold } from './radius-packet.ts';

/** A packet and those who wait for it to be stored. */
interface Waiting {
  readonly packet: ClassedPacket;
  readonly now: Date;
  done(session: AccountedSession | null): void;
  fail(error: unknown): void;
}

/** More would make one statement slow for all who wait for it. */
const BATCH_PACKETS = 200;

/**
 * Makes the receiver of accounting packets. While one statement runs, the packets that come in wait and go into the next together:
 * the busier it is, the less each costs. A packet is answered when it is stored; one that could not be is not answered, and the
 * access point sends it again.
 */
export function createAccounting(deps: ServiceDeps): (request: ServiceRequest) => Promise<Reply> {
  const store = createStore(deps);
  return async (request) => {
    const told = parsePacket(readTold(request).packet);
    const { nasId, nasAddress } = told;
    const status = told.word('Acct-Status-Type');
    // Every such packet has one (RFC 2866 §5.1): whoever asks without must not take it for stored.
    if (status === null) throw badParameter('Acct-Status-Type', 'is missing');
    if (status === 'Accounting-On' || status === 'Accounting-Off') {
      await endSessionsOfNas(deps.db, nasId, nasAddress, happenedAt(told, request.now));
      return noContent();
    }
    const packet = toAccountingPacket(told, nasId, request.now);
    if (packet === null) return noContent();
    const classed = isClassed(packet) ? packet : await findClass(deps, packet);
    if (classed === null) return unknown(deps, packet);
    const session = await store(classed, request.now);
    if (session === null) return unknown(deps, packet);
    if (session.overdue) void disconnectSessions(deps, [session.id]);
    return noContent();
  };
}

/** A packet of an access point that does not hand the Class back, with that of its session. */
async function findClass({ db }: ServiceDeps, packet: AccountingPacket): Promise<ClassedPacket | null> {
  const classRef = await findClassRef(db, packet);
  return classRef === null ? null : { ...packet, classRef };
}

/** Sessions that nobody signed in for are none of ours: answered, so that the access point does not go on about it. */
function unknown({ log }: ServiceDeps, { nasId, classRef, acctSessionId }: AccountingPacket): Reply {
  log.info({ nasId, classRef, acctSessionId }, 'accounting for a session that is not known: left out');
  return noContent();
}

function createStore(deps: ServiceDeps): (packet: ClassedPacket, now: Date) => Promise<AccountedSession | null> {
  let waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      // What has arrived in the meantime is read first: the embedded database lets nobody else have the thread while it works.
      await setImmediate();
      const { taken, later, packets } = foldPackets(waiting.slice(0, BATCH_PACKETS));
      waiting = [...later, ...waiting.slice(BATCH_PACKETS)];
      await storeBatch(deps, packets, taken);
    }
    running = false;
  }

  return (packet, now) =>
    new Promise((done, fail) => {
      waiting.push({ packet, now, done, fail });
      if (!running) void run();
    });
}

async function storeBatch({ db }: ServiceDeps, packets: readonly AccountingPacket[], taken: readonly Waiting[]): Promise<void> {
  try {
    const now = new Date(Math.max(...taken.map((item) => item.now.getTime())));
    const sessions = new Map<string, AccountedSession>();
    const account = async (some: readonly ClassedPacket[]) => {
      for (const session of await accountPackets(db, some, now)) sessions.set(session.classRef, session);
    };
    const classed = packets.filter(isClassed);
    await account(classed);
    const missing = classed.filter(({ classRef, acctSessionId }) => !sessions.has(classRef) && acctSessionId !== null);
    for (const packet of missing) await openSibling(db, packet, now);
    if (missing.length > 0) await account(missing);
    for (const { packet, done } of taken) done(sessions.get(packet.classRef) ?? null);
  } catch (error) {
    for (const { fail } of taken) fail(error);
  }
}

function isClassed(packet: AccountingPacket): packet is ClassedPacket {
  return packet.classRef !== null;
}
