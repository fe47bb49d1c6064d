import { created, endpoint } from '@gatehouse/http';
import type { HotspotContext } from '../hotspot-deps.ts';
import { insertSite } from './site-repository.ts';
import { newSiteSchema, siteReplySchema, toSiteBody, toSitePatch } from './site-schema.ts';

/** `POST /admin/v1/sites` */
export const createSite = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'createSite',
    method: 'POST',
    path: '/admin/v1/sites',
    summary: 'Makes a site. Its voucher API is off until it is switched on.',
    admit: operator,
    body: newSiteSchema,
    replies: { 201: siteReplySchema },
    faults: ['BAD_PARAMETER'],
    handle: async ({ body, now, db }: Handled) => created(toSiteBody(await insertSite(db, toSitePatch(body), now), deps)),
  });
