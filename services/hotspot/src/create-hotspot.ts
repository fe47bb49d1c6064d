import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { type AnyEndpoint, type Route, toRoutes } from '@gatehouse/http';
import { admitOperator, bulkEndpoints, endpointHost } from '@gatehouse/service';
import { vouchersBulk } from './bulk/vouchers-bulk.ts';
import { recordGuest } from './guests/record-guest.ts';
import { replaceHosts } from './hosts/replace-hosts.ts';
import type { HotspotContext, HotspotDeps } from './hotspot-deps.ts';
import { createNas } from './nas/create-nas.ts';
import { deleteNas } from './nas/delete-nas.ts';
import { listNas } from './nas/list-nas.ts';
import { updateNas } from './nas/update-nas.ts';
import { applyRetention } from './retention/apply-retention.ts';
import { createSite } from './sites/create-site.ts';
import { createSiteKey } from './sites/create-site-key.ts';
import { deleteSite } from './sites/delete-site.ts';
import { getSite } from './sites/get-site.ts';
import { listSiteKeys } from './sites/list-site-keys.ts';
import { listSites } from './sites/list-sites.ts';
import { redrawSlug } from './sites/redraw-slug.ts';
import { revokeSiteKey } from './sites/revoke-site-key.ts';
import { SIGN_IN_METHODS } from './sites/site.ts';
import { createSiteKeys } from './sites/site-keys.ts';
import { updateSite } from './sites/update-site.ts';
import { voucherApiRoute } from './voucher-api/voucher-api-route.ts';

/** The hotspot service: the documented voucher API, and our own for operators, portals and agents. */
export function createHotspot(deps: HotspotDeps): Route[] {
  const context: HotspotContext = { deps, operator: admitOperator(deps), siteKeys: createSiteKeys(deps) };
  const own = toRoutes(hotspotEndpoints(context), endpointHost(deps, 'native')).map(notByCloudHost);
  return [voucherApiRoute(context), ...own];
}

/** The endpoints of our own APIs, as data for routing and documentation. */
export function hotspotEndpoints(context: HotspotContext): AnyEndpoint<Database>[] {
  return [
    createSite(context),
    listSites(context),
    getSite(context),
    updateSite(context),
    deleteSite(context),
    redrawSlug(context),
    createSiteKey(context),
    listSiteKeys(context),
    revokeSiteKey(context),
    createNas(context),
    listNas(context),
    updateNas(context),
    deleteNas(context),
    applyRetention(context),
    ...SIGN_IN_METHODS.map((method) => recordGuest(context, method)),
    replaceHosts(context),
    ...bulkEndpoints(context.deps, context.operator, vouchersBulk(context.deps.vault)),
  ];
}

/** A cloud host is on the open internet and reaches its site's voucher API only (hotspot.md), whoever asks and however. */
function notByCloudHost(route: Route): Route {
  return {
    ...route,
    methods: [],
    handle(request) {
      if (request.slug !== null) throw new Fault('UNKNOWN_ROUTE');
      if (!route.methods.includes(request.method)) throw new Fault('METHOD_NOT_ALLOWED', { headers: { allow: route.methods.join(', ') } });
      return route.handle(request);
    },
  };
}
