import type { Database } from '@gatehouse/db';
import { endpoint, noContent } from '@gatehouse/http';
import type { HotspotContext } from '../hotspot-deps.ts';
import { type SiteNasParams, siteNasParams } from '../sites/site-params.ts';
import { deleteNas as removeNas } from './nas-repository.ts';

/** `DELETE sites/{id}/nas/{nasId}`: FreeRADIUS forgets it within a minute, as long as it remembers a client. */
export const deleteNas = ({ operator }: HotspotContext) =>
  endpoint({
    name: 'deleteNas',
    method: 'DELETE',
    path: '/admin/v1/sites/:id/nas/:nasId',
    summary: 'Takes an access point off the list',
    admit: operator,
    params: siteNasParams,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ params, db }: { params: SiteNasParams; db: Database }) {
      await removeNas(db, params.id, params.nasId);
      return noContent();
    },
  });
