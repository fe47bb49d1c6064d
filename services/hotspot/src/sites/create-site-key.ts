import type { Database } from '@gatehouse/db';
import { created, endpoint } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { insertSiteKey, siteKeyMembers, toSiteKeyBody } from './site-key-repository.ts';
import { nothing, type SiteParams, siteParams } from './site-params.ts';
import { assertSite } from './site-repository.ts';

/** `POST sites/{id}/api-keys` */
export const createSiteKey = ({ operator }: HotspotContext) =>
  endpoint({
    name: 'createSiteKey',
    method: 'POST',
    path: '/admin/v1/sites/:id/api-keys',
    summary: 'Makes a key of the voucher API; the secret is shown this once',
    admit: operator,
    params: siteParams,
    body: nothing,
    replies: { 201: Joi.object({ ...siteKeyMembers, secret: Joi.string().required() }) },
    faults: ['NOT_FOUND'],
    async handle({ params, now, db }: { params: SiteParams; now: Date; db: Database }) {
      await assertSite(db, params.id);
      const { key, secret } = await insertSiteKey(db, params.id, now);
      return created({ ...toSiteKeyBody(key), secret });
    },
  });
