import type { Database } from '@gatehouse/db';
import { endpoint, ok } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { nothing, type SiteParams, siteParams } from '../sites/site-params.ts';
import { loadSite } from '../sites/site-repository.ts';
import { type Deleted, deleteOld } from './delete-old.ts';

const count = Joi.number().integer().required();
const NONE: Deleted = { guests: 0, guest_logins: 0, sessions: 0, login_log: 0, vouchers: 0, hosts: 0 };

/** `POST sites/{id}/retention`: what happens every night, now. */
export const applyRetention = ({ operator }: HotspotContext) =>
  endpoint({
    name: 'applyRetention',
    method: 'POST',
    path: '/admin/v1/sites/:id/retention',
    summary: "Deletes at once what is older than the site's retention says",
    admit: operator,
    params: siteParams,
    body: nothing,
    replies: {
      200: Joi.object({
        deleted: Joi.object({ guests: count, guest_logins: count, sessions: count, login_log: count, vouchers: count, hosts: count }),
      }),
    },
    faults: ['NOT_FOUND'],
    async handle({ params, now, db }: { params: SiteParams; now: Date; db: Database }) {
      const { id, retentionDays } = await loadSite(db, params.id);
      return ok({ deleted: retentionDays === null ? NONE : await deleteOld(db, id, retentionDays, now) });
    },
  });
