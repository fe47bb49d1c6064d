import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { endpoint, ok } from '@gatehouse/http';
import type { AfterCommit, HotspotContext } from '../hotspot-deps.ts';
import { type SiteParams, siteParams } from './site-params.ts';
import { updateSite as writeSite } from './site-repository.ts';
import { type SiteBody, sitePatchSchema, siteReplySchema, toSiteBody, toSitePatch } from './site-schema.ts';

interface Handled extends AfterCommit {
  readonly params: SiteParams;
  readonly body: SiteBody;
  readonly now: Date;
  readonly db: Database;
}

/** `PATCH sites/{id}`: every process goes by the new switches once it has been answered. */
export const updateSite = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'updateSite',
    method: 'PATCH',
    path: '/admin/v1/sites/:id',
    summary: "Changes a site's switches",
    admit: operator,
    params: siteParams,
    body: sitePatchSchema,
    replies: { 200: siteReplySchema },
    faults: ['NOT_FOUND'],
    async handle({ params, body, now, db, afterCommit }: Handled) {
      const site = await writeSite(db, params.id, toSitePatch(body), now);
      afterCommit(() => deps.versions.touch([versionOf.site(site.id)]));
      return ok(toSiteBody(site, deps));
    },
  });
