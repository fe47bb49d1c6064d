import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { endpoint, ok } from '@gatehouse/http';
import type { AfterCommit, HotspotContext } from '../hotspot-deps.ts';
import { nothing, type SiteParams, siteParams } from './site-params.ts';
import { redrawSlug as drawSlug } from './site-repository.ts';
import { siteReplySchema, toSiteBody } from './site-schema.ts';

/** `POST sites/{id}/slug`: the old cloud host leads nowhere once it has been answered. */
export const redrawSlug = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'redrawSlug',
    method: 'POST',
    path: '/admin/v1/sites/:id/slug',
    summary: "Redraws the site's cloud host",
    admit: operator,
    params: siteParams,
    body: nothing,
    replies: { 200: siteReplySchema },
    faults: ['NOT_FOUND'],
    async handle({ params, now, db, afterCommit }: AfterCommit & { params: SiteParams; now: Date; db: Database }) {
      const site = await drawSlug(db, params.id, now);
      afterCommit(() => deps.versions.touch([versionOf.site(site.id)]));
      return ok(toSiteBody(site, deps));
    },
  });
