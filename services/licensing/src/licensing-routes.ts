import { type Route, toRoutes } from '@gatehouse/http';
import { endpointHost, type ServiceDeps } from '@gatehouse/service';
import { createApiKeyAdmits } from './api-key.ts';
import { keyEndpoints } from './keys/index.ts';

/** All routes of the licensing service: the `keys` dialect, the Web API and the operators' part. */
export async function licensingRoutes(deps: ServiceDeps): Promise<Route[]> {
  const admits = createApiKeyAdmits(deps);
  return toRoutes(keyEndpoints(deps, admits), endpointHost(deps, 'keys'));
}
