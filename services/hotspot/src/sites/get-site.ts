import type { Database } from '@gatehouse/db';
import { endpoint, ok } from '@gatehouse/http';
import type { HotspotContext } from '../hotspot-deps.ts';
import { type SiteParams, siteParams } from './site-params.ts';
import { loadSite } from './site-repository.ts';
import { siteReplySchema, toSiteBody } from './site-schema.ts';

/** `GET sites/{id}` */
export const getSite = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'getSite',
    method: 'GET',
    path: '/admin/v1/sites/:id',
    summary: 'A site, with the addresses of its voucher API',
    admit: operator,
    params: siteParams,
    replies: { 200: siteReplySchema },
    faults: ['NOT_FOUND'],
    async handle({ params, db }: { params: SiteParams; db: Database }) {
      return ok(toSiteBody(await loadSite(db, params.id), deps));
    },
  });
