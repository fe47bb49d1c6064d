import { createAuthenticator, createCredentialCache, hashToken, type Principal, requireScope, versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { Admit, ServiceRequest } from '@gatehouse/http';
import { credentialOf, type ServiceDeps } from '@gatehouse/service';

/** A seller's program: the user whose API key was sent. Its rows, and nobody else's, are what it sees. */
export type Seller = Principal<{ readonly isActive: boolean; readonly isBanned: boolean }>;

/** Who may read and who may write by keys.md. */
export interface ApiKeyAdmits {
  readonly read: Admit<Seller>;
  readonly write: Admit<Seller>;
}

/** Admits API keys with the scopes of keys.md: reads need `rest-api:read`, writes `rest-api:write`, and `rest-api:*` covers both. */
export function createApiKeyAdmits(deps: ServiceDeps): ApiKeyAdmits {
  const sellers = createCredentialCache<Seller>({
    versions: deps.versions,
    lookup: (tokenHash) => findSeller(deps.db, tokenHash),
    namesOf: ({ id }) => [versionOf.user(id)],
  });
  const authenticator = createAuthenticator<Seller>({ style: 'keys', lookup: (token) => sellers.get(hashToken(token)) });
  const admit = (scope: string): Admit<Seller> => ({
    scheme: 'rest-api key',
    scope,
    async check(request: ServiceRequest) {
      const seller = await authenticator.authenticate(credentialOf(request));
      request.notes.ownerId = seller.id;
      if (seller.subject.isBanned) throw new Fault('ACCOUNT_BANNED');
      if (!seller.subject.isActive) throw new Fault('ACCOUNT_INACTIVE');
      requireScope(seller, scope);
      deps.activity.note(seller.id, seller.credentialId, request.now);
      return seller;
    },
  });
  return { read: admit('rest-api:read'), write: admit('rest-api:write') };
}

interface SellerRow {
  readonly credential_id: number;
  readonly scopes: string[];
  readonly user_id: number;
  readonly is_active: boolean;
  readonly banned: boolean;
}

async function findSeller(db: Database, tokenHash: Buffer): Promise<Seller | null> {
  const [row] = await db.query<SellerRow>`
    SELECT c.id AS credential_id, c.scopes, c.user_id, u.is_active, u.banned
    FROM credentials c JOIN users u ON u.id = c.user_id
    WHERE c.secret_hash = ${tokenHash} AND c.kind = 'rest_api' AND c.revoked_at IS NULL`;
  if (row === undefined) return null;
  return {
    kind: 'user',
    id: row.user_id,
    scopes: row.scopes,
    credentialId: row.credential_id,
    via: 'rest-api',
    subject: { isActive: row.is_active, isBanned: row.banned },
  };
}
