import type { Database } from '@gatehouse/db';
import { endpoint, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, toPage } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { readAfterId } from './read-after-id.ts';
import { listSiteKeys as findSiteKeys, siteKeyMembers, toSiteKeyBody } from './site-key-repository.ts';
import { type SiteParams, siteParams } from './site-params.ts';
import { assertSite } from './site-repository.ts';

/** `GET sites/{id}/api-keys`: live ones, by id, upwards. */
export const listSiteKeys = ({ operator }: HotspotContext) =>
  endpoint({
    name: 'listSiteKeys',
    method: 'GET',
    path: '/admin/v1/sites/:id/api-keys',
    summary: 'Live keys of a site, by id',
    admit: operator,
    params: siteParams,
    query: Joi.object<PageQuery>(PAGE_SCHEMAS),
    replies: { 200: pageSchema(Joi.object(siteKeyMembers)) },
    faults: ['NOT_FOUND'],
    async handle({ params, query, db }: { params: SiteParams; query: PageQuery; db: Database }) {
      await assertSite(db, params.id);
      const keys = await findSiteKeys(db, params.id, readAfterId(query), query.limit + 1);
      return ok(toPage(keys, query.limit, ({ id }) => [id], toSiteKeyBody));
    },
  });
