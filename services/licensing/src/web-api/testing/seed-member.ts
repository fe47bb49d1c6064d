import { randomBytes } from 'node:crypto';
import { newLicenceKey, versionOf } from '@gatehouse/auth';
import type { Prisma } from '@gatehouse/db';
import type { ServiceDeps } from '@gatehouse/service';
import { setMemberHash } from '../member-hash.ts';

/** Where callers of tests sit: `TEST-NET-3` of RFC 5737. */
export const HOME = '203.0.113.7';

/** A seller with one member who may use the Web API. */
export interface SeededMember {
  readonly sellerId: number;
  readonly memberId: number;
  readonly username: string;
  readonly keyId: number;
  readonly keyValue: string;
  readonly sessionId: number;
}

/** Makes a user with a name of their own. */
export async function seedUser(
  deps: ServiceDeps,
  data: Partial<Prisma.UserUncheckedCreateInput> = {},
): Promise<{ id: number; name: string }> {
  const name = data.name ?? `user-${randomBytes(5).toString('hex')}`;
  return deps.db.prisma.user.create({ data: { lastActiveAt: deps.clock(), totpConfirmedAt: deps.clock(), ...data, name } });
}

/** Makes a key, and nothing that goes with it. */
export function seedKey(deps: ServiceDeps, data: Omit<Prisma.LicenceKeyUncheckedCreateInput, 'keyValue'> & { keyValue?: string }) {
  return deps.db.prisma.licenceKey.create({ data: { keyValue: newLicenceKey(), ...data } });
}

/** Opens a Session of a key as `POST /sessions` does, with the hash of its member. */
export async function seedSession(
  deps: ServiceDeps,
  key: { id: number; userId: number; memberId: number | null; serviceId?: number | null },
  address = HOME,
): Promise<number> {
  const now = deps.clock();
  const session = await deps.db.prisma.keySession.create({
    data: {
      keyId: key.id,
      userId: key.userId,
      serviceId: key.serviceId ?? null,
      tokenHash: randomBytes(32),
      address,
      startedAt: now,
      lastHeartbeatAt: now,
      expiresAt: new Date(now.getTime() + 24 * 3_600_000),
    },
  });
  if (key.memberId === null) return session.id;
  await setMemberHash(deps.db, { memberId: key.memberId, sessionId: session.id, address, now });
  await deps.versions.touch([versionOf.user(key.memberId)]);
  return session.id;
}

/** Ends Sessions of a key as `DELETE /sessions/{id}` does. */
export async function endSessions(deps: ServiceDeps, { keyId, sessionId }: { keyId: number; sessionId?: number }): Promise<void> {
  const where = { keyId, ...(sessionId === undefined ? {} : { id: sessionId }) };
  await deps.db.prisma.keySession.updateMany({ where, data: { endedAt: deps.clock() } });
  await deps.versions.touch([versionOf.licence(keyId)]);
}

/** Changes a user as an operator does. */
export async function changeUser(deps: ServiceDeps, id: number, data: Prisma.UserUncheckedUpdateInput): Promise<void> {
  await deps.db.prisma.user.update({ where: { id }, data });
  await deps.versions.touch([versionOf.user(id)]);
}

/** Makes a member who passes every rung: a key of a seller, two-step on, active, with a live Session from {@link HOME}. */
export async function seedMember(
  deps: ServiceDeps,
  options: {
    readonly sellerId?: number;
    readonly isSecret?: boolean;
    readonly user?: Partial<Prisma.UserUncheckedCreateInput>;
    readonly key?: Partial<Prisma.LicenceKeyUncheckedCreateInput>;
  } = {},
): Promise<SeededMember> {
  const sellerId = options.sellerId ?? (await seedUser(deps)).id;
  const member = await seedUser(deps, options.user);
  const key = await seedKey(deps, { userId: sellerId, memberId: member.id, isSecret: options.isSecret ?? false, ...options.key });
  const sessionId = await seedSession(deps, key);
  return { sellerId, memberId: member.id, username: member.name, keyId: key.id, keyValue: key.keyValue, sessionId };
}
