import { hashToken } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';

/**
 * Ends a session. The caller touches `user:{id}` after the commit: from then on no process takes the token.
 * @param which the session by its token or its id
 * @returns whose it was, or null when there is no such live session
 */
export async function endSession(
  db: Database,
  which: ({ readonly token: string } | { readonly id: number }) & { readonly now: Date },
): Promise<number | null> {
  const where = 'id' in which ? { id: which.id } : { tokenHash: new Uint8Array(hashToken(which.token)) };
  const ended = await db.prisma.userSession.updateManyAndReturn({
    where: { ...where, endedAt: null },
    data: { endedAt: which.now },
    select: { userId: true },
  });
  return ended[0]?.userId ?? null;
}

/**
 * Ends the sessions of a user, all but one if told. The caller touches `user:{id}` after the commit.
 * @returns how many there were
 */
export async function endSessionsOf(
  db: Database,
  options: { readonly userId: number; readonly exceptId?: number | undefined; readonly now: Date },
): Promise<number> {
  const { userId, exceptId, now } = options;
  const { count } = await db.prisma.userSession.updateMany({
    where: { userId, endedAt: null, ...(exceptId === undefined ? {} : { id: { not: exceptId } }) },
    data: { endedAt: now },
  });
  return count;
}
