import { createTestDeps, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { insertBan } from './address-bans.ts';
import { openHandshake } from './handshake-repository.ts';
import { pruneWebApi } from './prune-web-api.ts';
import { seedMember } from './testing/seed-member.ts';

let base: TestDeps;
beforeAll(async () => {
  base = await createTestDeps();
});
afterAll(() => base.close());

it('forgets what is over, and nothing that still counts', async () => {
  const { db } = base.deps;
  const { keyId, memberId } = await seedMember(base.deps);
  const now = base.clock();
  const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const counts = async () => [await db.prisma.wrongKey.count(), await db.prisma.handshake.count(), await db.prisma.addressBan.count()];
  await db.prisma.wrongKey.create({ data: { address: '192.0.2.1', keyHash: Buffer.alloc(32, 1), at: now } });
  await openHandshake(db, { keyId, memberId, tokenHash: Buffer.alloc(32, 2), now });
  await insertBan(db, { network: '192.0.2.1', reason: 'a day', expiresAt: after(24 * 60), now });
  await insertBan(db, { network: '192.0.2.2', reason: 'for good', expiresAt: null, now });
  await pruneWebApi(db, after(9));
  expect(await counts()).toEqual([1, 1, 2]);
  await pruneWebApi(db, after(10));
  expect(await counts()).toEqual([0, 1, 2]);
  await pruneWebApi(db, after(10 + 24 * 60));
  expect(await counts()).toEqual([0, 0, 2]);
  await pruneWebApi(db, after(31 * 24 * 60));
  expect(await counts()).toEqual([0, 0, 1]);
});
