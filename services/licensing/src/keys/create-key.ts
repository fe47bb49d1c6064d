import { created } from '@gatehouse/http';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { countSchema, discordIdSchema, hwidSchema, idSchema, textSchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { createKeys } from './create-keys.ts';
import { keyObjectSchema, toKeyObject } from './key-object.ts';
import type { NewKeyBody } from './new-key.ts';

/** What `POST /keys` and `POST /keys/batch` both take. */
export const newKeyFields = {
  provider_id: idSchema().required(),
  service_id: idSchema().allow(null),
  key_name: textSchema().allow(null, ''),
  validity_minutes: countSchema().allow(null),
  hwid: hwidSchema().allow(null),
  hwids: Joi.array().items(hwidSchema()).max(100).unique(),
  discord_id: discordIdSchema().allow(null),
  is_premium: Joi.boolean().default(false),
  one_time_use: Joi.boolean().default(false),
  expiry_on_first_use: Joi.boolean().default(false),
  no_hwid: Joi.boolean().default(false),
  hwid_limit: countSchema().allow(null),
};

/** `POST /keys`: makes one key. */
export function createKeyEndpoint({ write }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'createKey',
    method: 'POST',
    path: '/keys',
    summary: 'Create a single key',
    admit: write,
    body: Joi.object<NewKeyBody>(newKeyFields),
    replies: { 201: Joi.object({ key: keyObjectSchema.required() }) },
    faults: ['NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, body, now, db }) {
      const [key] = await createKeys(db, { userId: principal.id, amount: 1, body, now });
      return created({ key: key === undefined ? null : toKeyObject(key, now) });
    },
  });
}
