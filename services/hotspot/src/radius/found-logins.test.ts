import { describe, expect, it } from '@jest/globals';
import type { Attempt } from './attempt.ts';
import { createFoundLogins } from './found-logins.ts';
import type { FoundLogin } from './login-repository.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const PACKET = 'nas=access-point-1&User-Name=6775657374&Calling-Station-Id=39382d&Authenticator=0x00112233445566778899aabbccddeeff';
const ATTEMPT: Attempt = {
  nasId: 1,
  nasAddress: '192.0.2.1',
  login: 'guest',
  mac: '98:01:A7:CB:BB:00',
  authenticator: '0x00112233445566778899aabbccddeeff',
  acctSessionId: null,
  address: null,
  now: NOW,
};
// The memory looks at none of them.
const LOGINS = [{ kind: 'voucher', id: 7 }] as unknown as FoundLogin[];

const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('logins that authorising found', () => {
  it('are there for the same request, once', () => {
    const found = createFoundLogins();
    found.keep(PACKET, ATTEMPT, LOGINS);
    expect([found.take(PACKET, later(1_999)), found.take(PACKET, later(1_999))]).toEqual([{ attempt: ATTEMPT, logins: LOGINS }, undefined]);
  });

  it.each([
    ['request', '=0x00', '=0x01'],
    ['access point', 'point-1', 'point-2'],
    ['name', '6775657374', '6f74686572'],
    ['device', '39382d', '39392d'],
  ])('are not there for another %s', (_title, one, other) => {
    const found = createFoundLogins();
    found.keep(PACKET, ATTEMPT, LOGINS);
    expect(found.take(PACKET.replace(one, other), NOW)).toBeUndefined();
  });

  it('are not there after two seconds', () => {
    const found = createFoundLogins();
    found.keep(PACKET, ATTEMPT, LOGINS);
    expect(found.take(PACKET, later(2_000))).toBeUndefined();
  });

  it('are not kept for a request without an authenticator, which nothing tells from the next', () => {
    const found = createFoundLogins();
    found.keep(PACKET, { ...ATTEMPT, authenticator: null }, LOGINS);
    expect(found.take(PACKET, NOW)).toBeUndefined();
  });

  it('never pile up: of many the oldest are forgotten', () => {
    const found = createFoundLogins();
    const packets = Array.from({ length: 2_001 }, (_, index) => `${PACKET}&${index}`);
    for (const packet of packets) found.keep(packet, ATTEMPT, LOGINS);
    expect(packets.map((packet) => found.take(packet, NOW) !== undefined).indexOf(true)).toBe(1);
  });
});
