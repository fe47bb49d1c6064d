import type { Database } from '@gatehouse/db';
import { created, endpoint } from '@gatehouse/http';
import type { HotspotContext } from '../hotspot-deps.ts';
import { insertSite } from './site-repository.ts';
import { type NewSiteBody, newSiteSchema, siteReplySchema, toSiteBody, toSitePatch } from './site-schema.ts';

/** `POST sites` */
export const createSite = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'createSite',
    method: 'POST',
    path: '/admin/v1/sites',
    summary: 'Makes a site; its voucher API is off until it is switched on',
    admit: operator,
    body: newSiteSchema,
    replies: { 201: siteReplySchema },
    faults: [],
    async handle({ body, now, db }: { body: NewSiteBody; now: Date; db: Database }) {
      const site = await insertSite(db, { ...toSitePatch(body), name: body.name, timezone: body.timezone }, now);
      return created(toSiteBody(site, deps));
    },
  });
