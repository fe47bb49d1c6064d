import type { Database } from '@gatehouse/db';
import type { AnyEndpoint } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import type { KeyVerifier } from '../verify/verify-key.ts';
import { endSessionEndpoint } from './end-session-endpoint.ts';
import { heartbeatEndpoint } from './heartbeat-endpoint.ts';
import { openSessionEndpoint } from './open-session-endpoint.ts';

/** The endpoints under `/sessions`. */
export function sessionEndpoints(deps: ServiceDeps, verifier: KeyVerifier): AnyEndpoint<Database>[] {
  return [openSessionEndpoint(deps, verifier), heartbeatEndpoint(deps), endSessionEndpoint(deps)];
}
