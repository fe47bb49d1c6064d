import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { endpoint, noContent } from '@gatehouse/http';
import type { AfterCommit, HotspotContext } from '../hotspot-deps.ts';
import { revokeSiteKey as revoke } from './site-key-repository.ts';
import { type SiteKeyParams, siteKeyParams } from './site-params.ts';

/** `DELETE sites/{id}/api-keys/{keyId}`: no process takes the key once it has been answered. */
export const revokeSiteKey = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'revokeSiteKey',
    method: 'DELETE',
    path: '/admin/v1/sites/:id/api-keys/:keyId',
    summary: 'Revokes a key of a site at once',
    admit: operator,
    params: siteKeyParams,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ params, now, db, afterCommit }: AfterCommit & { params: SiteKeyParams; now: Date; db: Database }) {
      await revoke(db, params.id, params.keyId, now);
      afterCommit(() => deps.versions.touch([versionOf.site(params.id)]));
      return noContent();
    },
  });
