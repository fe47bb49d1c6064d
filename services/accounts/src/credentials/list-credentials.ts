import type { Database } from '@gatehouse/db';
import { type CredentialKindName, kindName } from './credential-kinds.ts';

/** A live credential as it may be shown: never its secret. */
export interface CredentialRow {
  readonly id: number;
  readonly kind: CredentialKindName;
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly prefix: string;
  readonly last4: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** The live credentials of a user with ids above `afterId`, by id, `limit` at most. */
export async function listCredentials(
  db: Database,
  { userId, afterId, limit }: { readonly userId: number; readonly afterId: number; readonly limit: number },
): Promise<CredentialRow[]> {
  const rows = await db.prisma.credential.findMany({
    where: { userId, revokedAt: null, id: { gt: afterId } },
    orderBy: { id: 'asc' },
    take: limit,
  });
  return rows.map(({ id, kind, name, scopes, prefix, last4, createdAt, lastUsedAt }) => ({
    id,
    kind: kindName(kind),
    name,
    scopes,
    prefix,
    last4,
    createdAt,
    lastUsedAt,
  }));
}
