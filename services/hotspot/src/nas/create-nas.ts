import { LEGIBLE_ALPHABET, randomString } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { created, endpoint } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { type SiteParams, siteParams } from '../sites/site-params.ts';
import { assertSite } from '../sites/site-repository.ts';
import { insertNas } from './nas-repository.ts';
import { type NewNasBody, nasMembers, newNasSchema, toNasBody } from './nas-schema.ts';

/** 180 bits, in letters that can be typed into a router from paper. */
const SECRET_CHARACTERS = 32;

/** `POST sites/{id}/nas` */
export const createNas = ({ deps, operator }: HotspotContext) =>
  endpoint({
    name: 'createNas',
    method: 'POST',
    path: '/admin/v1/sites/:id/nas',
    summary: 'Lists an access point of the site; its RADIUS secret is shown this once',
    admit: operator,
    params: siteParams,
    body: newNasSchema,
    replies: { 201: Joi.object({ ...nasMembers, secret: Joi.string().required() }) },
    faults: ['NOT_FOUND', 'CONFLICT'],
    async handle({ params, body, now, db }: { params: SiteParams; body: NewNasBody; now: Date; db: Database }) {
      await assertSite(db, params.id);
      const { name, address, secret = randomString(SECRET_CHARACTERS, LEGIBLE_ALPHABET) } = body;
      const requireMessageAuthenticator = body.require_message_authenticator;
      const nas = await insertNas(db, deps.vault, { siteId: params.id, name, address, secret, requireMessageAuthenticator, now });
      return created({ ...toNasBody(nas), secret });
    },
  });
