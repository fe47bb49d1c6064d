import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { endpoint, noContent } from '@gatehouse/http';
import type { AfterCommit, HotspotContext } from '../hotspot-deps.ts';
import { type SiteParams, siteParams } from './site-params.ts';
import { deleteSite as removeSite } from './site-repository.ts';

/** `DELETE sites/{id}` */
export const deleteSite = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'deleteSite',
    method: 'DELETE',
    path: '/admin/v1/sites/:id',
    summary: 'Deletes a site with its keys, vouchers, guests and log',
    admit: operator,
    params: siteParams,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ params, db, afterCommit }: AfterCommit & { params: SiteParams; db: Database }) {
      await removeSite(db, params.id);
      afterCommit(() => deps.versions.touch([versionOf.site(params.id)]));
      return noContent();
    },
  });
