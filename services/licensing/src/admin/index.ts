import type { Database } from '@gatehouse/db';
import { type AnyEndpoint, type Route, toRoutes } from '@gatehouse/http';
import { admitOperator, bulkEndpoints, endpointHost, type ServiceDeps } from '@gatehouse/service';
import type { AdminContext } from './admin-context.ts';
import { createBan } from './bans/create-ban.ts';
import { liftBanEndpoint } from './bans/lift-ban.ts';
import { listBans } from './bans/list-bans.ts';
import { keysBulk } from './bulk/keys-bulk.ts';
import { removeMember } from './licences/remove-member.ts';
import { setMember } from './licences/set-member.ts';
import { setSecret } from './licences/set-secret.ts';
import { createScript } from './scripts/create-script.ts';
import { deleteScript } from './scripts/delete-script.ts';
import { getScript } from './scripts/get-script.ts';
import { listScripts } from './scripts/list-scripts.ts';
import { updateScript } from './scripts/update-script.ts';
import { createSoftware } from './software/create-software.ts';
import { deleteSoftware } from './software/delete-software.ts';
import { getSoftware } from './software/get-software.ts';
import { listSoftware } from './software/list-software.ts';
import { updateSoftware } from './software/update-software.ts';

const BANS = [listBans, createBan, liftBanEndpoint];
const LICENCES = [setMember, removeMember, setSecret];
const SOFTWARE = [listSoftware, createSoftware, getSoftware, updateSoftware, deleteSoftware];
const SCRIPTS = [listScripts, createScript, getScript, updateScript, deleteScript];

/** The operators' endpoints that licensing owns, as data: routing and documentation come from this list. */
export function licensingAdminEndpoints(deps: ServiceDeps): AnyEndpoint<Database>[] {
  const context: AdminContext = { deps, admit: admitOperator(deps) };
  const own = [...BANS, ...LICENCES, ...SOFTWARE, ...SCRIPTS].map((make) => make(context));
  return [...own, ...bulkEndpoints(deps, context.admit, keysBulk)];
}

/** `/admin/v1` as far as licensing owns it: address bans, whose key a licence is, software, scripts. */
export function licensingAdminRoutes(deps: ServiceDeps): Route[] {
  return toRoutes(licensingAdminEndpoints(deps), endpointHost(deps, 'native'));
}
