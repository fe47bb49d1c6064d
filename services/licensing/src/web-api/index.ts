import type { Route } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { webApiRoute } from './web-api-route.ts';

export { type BanDeps, countWrongKey, isBanned } from './address-bans.ts';
export { addMemberHash, clearMemberHash, setMemberHash } from './member-hash.ts';
export { describeMethods, type MethodDoc, renderMethodPage } from './method-page.ts';

/** The routes of the licence-key Web API. */
export function webApiRoutes(deps: ServiceDeps): Route[] {
  return [webApiRoute(deps)];
}
