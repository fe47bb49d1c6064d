import { type Authenticator, createAuthenticator, createTokenCheck, hashToken, type Principal } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import type { Admit, ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from './deps.ts';

/**
 * Admits operators: the admin token, or the session of an administrator whose sign-in passed two-step (native.md).
 * Sessions are asked for in the database each time: operators are few and their rights matter.
 */
export function admitOperator(deps: ServiceDeps): Admit<Principal> {
  const isAdminToken = deps.adminToken === undefined ? () => false : createTokenCheck(deps.adminToken);
  const authenticator: Authenticator<Principal> = createAuthenticator({
    style: 'bearer',
    async lookup(token) {
      if (isAdminToken(token)) return operatorToken();
      return findAdministrator(deps, token);
    },
  });
  return { scheme: 'operator', check: (request: ServiceRequest) => authenticator.authenticate(credentialOf(request)) };
}

/** The parts of a request that credentials stand in, as packages/auth reads them. */
export function credentialOf(request: ServiceRequest, body?: unknown) {
  return { method: request.method, headers: request.raw.headers, rawHeaders: request.raw.rawHeaders, query: request.query, body };
}

function operatorToken(): Principal {
  return { kind: 'operator', id: 0, scopes: ['admin:*'], credentialId: null, via: 'admin-token', subject: null };
}

interface AdministratorRow {
  readonly user_id: number;
  readonly session_id: number;
  readonly factors: string[];
  readonly is_admin: boolean;
}

async function findAdministrator(deps: ServiceDeps, token: string): Promise<Principal | null> {
  const now = deps.clock();
  const [row] = await deps.db.query<AdministratorRow>`
    SELECT s.user_id, s.id AS session_id, s.factors, u.is_admin
    FROM user_sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_hash = ${hashToken(token)} AND s.ended_at IS NULL AND s.expires_at > ${now} AND u.is_active AND NOT u.banned`;
  if (row === undefined) return null;
  if (!row.is_admin) throw new Fault('NOT_ALLOWED');
  if (!row.factors.some((factor) => factor === 'totp' || factor === 'recovery-code')) throw new Fault('TWO_STEP_REQUIRED');
  return {
    kind: 'operator',
    id: row.user_id,
    scopes: ['admin:*'],
    credentialId: null,
    via: 'user-session',
    factors: row.factors,
    subject: null,
  };
}
