import { createTestDeps, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadCall } from './load-caller.ts';
import { addMemberHash, clearMemberHash, matchesHash } from './member-hash.ts';
import { HOME, type SeededMember, seedMember, seedSession } from './testing/seed-member.ts';

const V6 = '2001:db8:1:2::1';
const ELSEWHERE = '198.51.100.4';

let base: TestDeps;
let ada: SeededMember;

beforeAll(async () => {
  base = await createTestDeps();
});
afterAll(() => base.close());
beforeEach(async () => {
  ada = await seedMember(base.deps);
});

const key = () => ({ id: ada.keyId, userId: ada.sellerId, memberId: ada.memberId });
const heartbeat = (sessionId: number, address: string) => addMemberHash(base.deps.db, { sessionId, address, now: base.clock() });
const end = (id: number) => base.deps.db.prisma.keySession.update({ where: { id }, data: { endedAt: base.clock() } });

async function matches(network: string): Promise<boolean> {
  const { caller } = await loadCall(base.deps.db, ada.keyValue, network, base.clock());
  return caller !== null && caller.hash !== null && matchesHash(caller.hash, network);
}

describe('the salted hash of a member', () => {
  it('takes the other address family from a heartbeat, so that a dual-stack caller is one caller', async () => {
    expect(await matches('2001:db8:1:2::/64')).toBe(false);
    expect(await heartbeat(ada.sessionId, V6)).toBe(ada.memberId);
    expect([await matches(HOME), await matches('2001:db8:1:2::/64')]).toEqual([true, true]);
  });

  it('does not move with a heartbeat from another address of a family that is known', async () => {
    expect(await heartbeat(ada.sessionId, ELSEWHERE)).toBeNull();
    expect([await matches(HOME), await matches(ELSEWHERE)]).toEqual([true, false]);
  });

  it('of both families is cleared by a new Session', async () => {
    await heartbeat(ada.sessionId, V6);
    await seedSession(base.deps, key(), ELSEWHERE);
    expect([await matches(HOME), await matches('2001:db8:1:2::/64'), await matches(ELSEWHERE)]).toEqual([false, false, true]);
  });

  it('takes nothing from the heartbeat of an older Session while the newer one lives', async () => {
    await seedSession(base.deps, key(), V6);
    expect(await heartbeat(ada.sessionId, HOME)).toBeNull();
    expect(await matches(HOME)).toBe(false);
  });

  it('counts for nothing once its Session has ended, also where another Session of the key lives', async () => {
    const second = await seedSession(base.deps, key(), ELSEWHERE);
    await end(second);
    expect(await matches(ELSEWHERE)).toBe(false);
    expect(await clearMemberHash(base.deps.db, { sessionId: second, now: base.clock() })).toBe(ada.memberId);
    expect(await clearMemberHash(base.deps.db, { sessionId: second, now: base.clock() })).toBeNull();
  });

  it('is drawn again for a Session that goes on when the one that drew it has ended, from where it was opened', async () => {
    const second = await seedSession(base.deps, key(), ELSEWHERE);
    await end(second);
    expect(await heartbeat(ada.sessionId, '192.0.2.99')).toBe(ada.memberId);
    expect([await matches(HOME), await matches('192.0.2.99'), await matches(ELSEWHERE)]).toEqual([true, false, false]);
  });

  it('has a fresh salt every time', async () => {
    const salt = async () => (await base.deps.db.prisma.memberState.findUniqueOrThrow({ where: { memberId: ada.memberId } })).salt;
    const before = await salt();
    await seedSession(base.deps, key());
    expect(await salt()).not.toEqual(before);
  });
});
