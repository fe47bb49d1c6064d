import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AccountingPacket, foldPackets, toAccountingPacket } from './accounting-packet.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const CLASS = 'a'.repeat(32);
const PACKET: AccountingPacket = {
  classRef: CLASS,
  nasId: 1,
  login: 'guest',
  acctSessionId: 's1',
  bytesIn: 0,
  bytesOut: 0,
  seconds: 0,
  mac: null,
  address: null,
  at: NOW,
  alive: true,
  stopped: false,
  cause: null,
};

/** Attributes as FreeRADIUS sends them; octets spelled out. */
function attributesOf(values: Readonly<Record<string, string>>) {
  const word = (name: string) => values[name] ?? null;
  return { word, text: word, integer: (name: string) => Number(word(name) ?? 0), octets: (name: string) => [word(name) ?? ''], mac: null };
}

describe('toAccountingPacket', () => {
  it('counts Gigawords, and goes back by Acct-Delay-Time', () => {
    const packet = toAccountingPacket(
      attributesOf({
        'Acct-Status-Type': 'Stop',
        Class: CLASS,
        'Acct-Input-Octets': '7',
        'Acct-Input-Gigawords': '3',
        'Acct-Delay-Time': '60',
      }),
      1,
      NOW,
    );
    expect(packet).toMatchObject({
      classRef: CLASS,
      bytesIn: 3 * 2 ** 32 + 7,
      stopped: true,
      cause: 'unknown',
      at: new Date('2026-03-01T11:59:00Z'),
    });
  });

  it('takes no Class that we did not hand out, and no counter that would run over in a sum', () => {
    const packet = toAccountingPacket(
      attributesOf({ 'Acct-Status-Type': 'Interim-Update', Class: 'somebody else', 'Acct-Input-Gigawords': '4294967295' }),
      1,
      NOW,
    );
    expect(packet).toMatchObject({ classRef: null, bytesIn: 2 ** 53, alive: true });
  });

  it('is nothing for packets that are about no session', () => {
    for (const status of ['Accounting-On', 'Tunnel-Start', '99', '']) {
      expect(toAccountingPacket(attributesOf({ 'Acct-Status-Type': status }), 1, NOW)).toBeNull();
    }
  });
});

describe('foldPackets', () => {
  it('is the same whichever order the packets of a session came in, and however often', () => {
    const packets: AccountingPacket[] = [
      { ...PACKET, bytesIn: 10, bytesOut: 5, seconds: 60 },
      { ...PACKET, bytesIn: 20, bytesOut: 6, seconds: 120, at: new Date(NOW.getTime() + 1) },
      {
        ...PACKET,
        bytesIn: 25,
        bytesOut: 6,
        seconds: 130,
        at: new Date(NOW.getTime() + 2),
        alive: false,
        stopped: true,
        cause: 'User-Request',
      },
    ];
    const all = { ...packets[2], alive: true };
    fc.assert(
      fc.property(fc.shuffledSubarray([...packets, ...packets], { minLength: 6 }), (order) => {
        expect(foldPackets(order.map((packet) => ({ packet })))).toMatchObject({ packets: [all], later: [] });
      }),
    );
  });

  it('keeps sessions that share a Class apart', () => {
    const items = ['s1', 's2', 's1', 's3'].map((acctSessionId) => ({ packet: { ...PACKET, acctSessionId } }));
    const { packets, taken, later } = foldPackets(items);
    expect([packets.length, taken, later]).toEqual([1, [items[0], items[2]], [items[1], items[3]]]);
  });
});
