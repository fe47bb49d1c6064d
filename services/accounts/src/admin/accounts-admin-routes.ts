import type { Database } from '@gatehouse/db';
import { type AnyEndpoint, type Route, toRoutes } from '@gatehouse/http';
import { admitOperator, bulkEndpoints, endpointHost, type ServiceDeps } from '@gatehouse/service';
import { createPasswords, type Passwords } from '../passwords/index.ts';
import type { AdminContext } from './admin-context.ts';
import { usersBulk } from './bulk/users-bulk.ts';
import { createCredential } from './create-credential.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { getBackup } from './get-backup.ts';
import { getDoctor } from './get-doctor.ts';
import { getOverview } from './get-overview.ts';
import { getUser } from './get-user.ts';
import { listAudit } from './list-audit.ts';
import { listCredentials } from './list-credentials.ts';
import { listUsers } from './list-users.ts';
import { patchUser } from './patch-user.ts';
import { listPlans, putPlan } from './plans.ts';
import { revokeCredential } from './revoke-credential.ts';
import { getSettings, patchSettings } from './settings.ts';
import { listTariffs, putTariff } from './tariffs.ts';
import { verifyAuditEndpoint } from './verify-audit.ts';

const ENDPOINTS = [
  listUsers,
  createUser,
  getUser,
  patchUser,
  deleteUser,
  listCredentials,
  createCredential,
  revokeCredential,
  listPlans,
  putPlan,
  listTariffs,
  putTariff,
  getSettings,
  patchSettings,
  listAudit,
  verifyAuditEndpoint,
  getOverview,
  getDoctor,
  getBackup,
];

/** The operators' endpoints that accounts owns, as data: routing and documentation come from this list. */
export function accountsAdminEndpoints(deps: ServiceDeps, passwords: Passwords = createPasswords()): AnyEndpoint<Database>[] {
  const context: AdminContext = { deps, passwords, admit: admitOperator(deps) };
  return [...ENDPOINTS.map((make) => make(context)), ...bulkEndpoints(deps, context.admit, usersBulk)];
}

/** `/admin/v1` as far as accounts owns it: users, credentials, plans, tariffs, settings, audit, overview. */
export function accountsAdminRoutes(deps: ServiceDeps): Route[] {
  return toRoutes(accountsAdminEndpoints(deps), endpointHost(deps, 'native'));
}
