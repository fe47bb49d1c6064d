import type { Database } from '@gatehouse/db';
import { type CredentialKindName, KIND_RULES } from './credential-kinds.ts';

/** A live credential, by its id or as the one that a user has of a kind. */
export type CredentialSelector =
  | { readonly id: number; readonly now: Date }
  | { readonly userId: number; readonly kind: CredentialKindName; readonly now: Date };

/**
 * Revokes credentials. The caller touches `user:{id}` after the commit: from then on no process takes them.
 * @returns whose they were, or null when there is no such live credential
 */
export async function revokeCredential(db: Database, selector: CredentialSelector): Promise<number | null> {
  const { now } = selector;
  const which = 'id' in selector ? { id: selector.id } : { userId: selector.userId, kind: KIND_RULES[selector.kind].column };
  const revoked = await db.prisma.credential.updateManyAndReturn({
    where: { ...which, revokedAt: null },
    data: { revokedAt: now },
    select: { userId: true },
  });
  return revoked[0]?.userId ?? null;
}
