import type { Database } from '@gatehouse/db';
import { endpoint, ok } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { type SiteNasParams, siteNasParams } from '../sites/site-params.ts';
import { updateNas as writeNas } from './nas-repository.ts';
import { type NasPatchBody, nasMembers, nasPatchSchema, toNasBody } from './nas-schema.ts';

/** `PATCH sites/{id}/nas/{nasId}`: FreeRADIUS goes by it within a minute, as long as it remembers a client. */
export const updateNas = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'updateNas',
    method: 'PATCH',
    path: '/admin/v1/sites/:id/nas/:nasId',
    summary: 'Changes an access point: its name, secret, or whether it must send a Message-Authenticator',
    admit: operator,
    params: siteNasParams,
    body: nasPatchSchema,
    replies: { 200: Joi.object(nasMembers) },
    faults: ['NOT_FOUND'],
    async handle({ params, body, db }: { params: SiteNasParams; body: NasPatchBody; db: Database }) {
      const { name, secret, require_message_authenticator: requireMessageAuthenticator } = body;
      return ok(toNasBody(await writeNas(db, deps.vault, params.id, params.nasId, { name, secret, requireMessageAuthenticator })));
    },
  });
