import { hashToken, newToken } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';

/** A user with an API key, for tests. */
export interface TestSeller {
  readonly id: number;
  readonly token: string;
  readonly providerId: number;
}

/** Makes a user with an API key and a provider. */
export async function createSeller(db: Database, scopes: readonly string[] = ['rest-api:*']): Promise<TestSeller> {
  const token = newToken('rk_');
  const user = await db.prisma.user.create({
    data: {
      name: 'Seller',
      credentials: {
        create: {
          kind: 'rest_api',
          secretHash: new Uint8Array(hashToken(token)),
          prefix: token.slice(0, 6),
          last4: token.slice(-4),
          scopes: [...scopes],
        },
      },
      providers: { create: { name: 'Shop' } },
    },
    include: { providers: true },
  });
  return { id: user.id, token, providerId: user.providers[0]?.id ?? 0 };
}
