import type { Database } from '@gatehouse/db';
import { endpoint, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, toPage } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { readAfterId } from '../sites/read-after-id.ts';
import { type SiteParams, siteParams } from '../sites/site-params.ts';
import { assertSite } from '../sites/site-repository.ts';
import { listNas as findNas } from './nas-repository.ts';
import { nasMembers, toNasBody } from './nas-schema.ts';

/** `GET sites/{id}/nas`: by id, upwards. */
export const listNas = ({ operator }: HotspotContext) =>
  endpoint({
    name: 'listNas',
    method: 'GET',
    path: '/admin/v1/sites/:id/nas',
    summary: 'Access points of a site, by id',
    admit: operator,
    params: siteParams,
    query: Joi.object<PageQuery>(PAGE_SCHEMAS),
    replies: { 200: pageSchema(Joi.object(nasMembers)) },
    faults: ['NOT_FOUND'],
    async handle({ params, query, db }: { params: SiteParams; query: PageQuery; db: Database }) {
      await assertSite(db, params.id);
      const rows = await findNas(db, params.id, readAfterId(query), query.limit + 1);
      return ok(toPage(rows, query.limit, ({ id }) => [id], toNasBody));
    },
  });
