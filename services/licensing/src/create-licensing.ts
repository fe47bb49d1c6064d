import type { Database } from '@gatehouse/db';
import { type AnyEndpoint, type Route, toRoutes } from '@gatehouse/http';
import { endpointHost, type ServiceDeps } from '@gatehouse/service';
import { licensingAdminRoutes } from './admin/index.ts';
import { createApiKeyAdmits } from './api-key.ts';
import { providerEndpoints } from './catalogue/provider-endpoints.ts';
import { serviceEndpoints } from './catalogue/service-endpoints.ts';
import { hwidBanEndpoints } from './hwid-bans/hwid-ban-endpoints.ts';
import { keyEndpoints } from './keys/key-endpoints.ts';
import { sessionEndpoints } from './sessions/session-endpoints.ts';
import { publicKeyEndpoint } from './verify/public-key-endpoint.ts';
import { createSigner } from './verify/signer.ts';
import { signingAdminEndpoints } from './verify/signing-admin-endpoints.ts';
import { verifyEndpoint } from './verify/verify-endpoint.ts';
import { createKeyVerifier } from './verify/verify-key.ts';
import { webApiRoutes } from './web-api/index.ts';

/** All routes of the licensing service: the `keys` dialect, the Web API and the operators' part. */
export function createLicensing(deps: ServiceDeps): Route[] {
  return [
    ...toRoutes(keysDialectEndpoints(deps), endpointHost(deps, 'keys')),
    ...toRoutes(signingAdminEndpoints(deps), endpointHost(deps, 'native')),
    ...webApiRoutes(deps),
    ...licensingAdminRoutes(deps),
  ];
}

/** Every endpoint of the `keys` dialect, in the order in which paths are tried: fixed ones stand before `/keys/:keyId`. */
export function keysDialectEndpoints(deps: ServiceDeps): AnyEndpoint<Database>[] {
  const admits = createApiKeyAdmits(deps);
  const verifier = createKeyVerifier(deps, createSigner(deps.vault, deps.clock));
  return [
    verifyEndpoint(verifier),
    publicKeyEndpoint(deps),
    ...keyEndpoints(deps, admits),
    ...serviceEndpoints(deps, admits),
    ...providerEndpoints(deps, admits),
    ...hwidBanEndpoints(deps, admits),
    ...sessionEndpoints(deps, verifier),
  ];
}
