import type { Database } from '@gatehouse/db';
import { endpoint, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, toPage } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { readAfterId } from './read-after-id.ts';
import { listSites as findSites } from './site-repository.ts';
import { siteReplySchema, toSiteBody } from './site-schema.ts';

/** `GET sites`: by id, upwards. */
export const listSites = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'listSites',
    method: 'GET',
    path: '/admin/v1/sites',
    summary: 'Sites, by id',
    admit: operator,
    query: Joi.object<PageQuery>(PAGE_SCHEMAS),
    replies: { 200: pageSchema(siteReplySchema) },
    faults: [],
    async handle({ query, db }: { query: PageQuery; db: Database }) {
      const sites = await findSites(db, readAfterId(query), query.limit + 1);
      return ok(
        toPage(
          sites,
          query.limit,
          ({ id }) => [id],
          (site) => toSiteBody(site, deps),
        ),
      );
    },
  });
