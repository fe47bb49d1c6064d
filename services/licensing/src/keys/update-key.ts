import { versionOf } from '@gatehouse/auth';
import { done, ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { countSchema, dateTimeSchema, discordIdSchema, hwidSchema, textSchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { replaceHwids, updateKey } from './change-key-repository.ts';
import type { KeyChange } from './key-change.ts';
import { keyIdParams, keyNotFound, readKeyName } from './key-name.ts';
import { hwidObjectsSchema, toHwidObject } from './key-object.ts';
import { checkHwidLimit } from './new-key.ts';

const body = Joi.object<KeyChange & { readonly hwids?: readonly string[] }>({
  key_name: textSchema().allow(null, ''),
  validity_minutes: countSchema().allow(null),
  expires_at: dateTimeSchema().allow(null),
  is_premium: Joi.boolean(),
  one_time_use: Joi.boolean(),
  expiry_on_first_use: Joi.boolean(),
  no_hwid: Joi.boolean(),
  hwid_limit: countSchema().allow(null),
  is_invalidated: Joi.boolean(),
  discord_id: discordIdSchema().allow(null),
  hwids: Joi.array().items(hwidSchema()).max(100).unique(),
});

/**
 * `PUT /keys/{keyId}`: changes what is sent and leaves the rest. `hwids` replaces them all.
 * A limit lowered below what is bound keeps the bindings and binds no more (keys.md).
 */
export function updateKeyEndpoint(deps: ServiceDeps, { write }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'updateKey',
    method: 'PUT',
    path: '/keys/:keyId',
    summary: 'Update key properties',
    admit: write,
    params: keyIdParams,
    body,
    replies: { 200: Joi.object({ hwids: hwidObjectsSchema.required() }).optional().description('When hwids was sent; no body otherwise') },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, body: { hwids, ...change }, now, db, afterCommit }) {
      const name = readKeyName(params.keyId);
      // The update locks the row: what is bound while HWIDs are replaced waits for the end.
      const bound = await db.tx(async (tx) => {
        const key = await updateKey(tx, principal.id, name, change, now);
        if (key === null) throw keyNotFound();
        afterCommit(() => deps.versions.touch([versionOf.licence(key.id)]));
        if (hwids === undefined) return null;
        checkHwidLimit(hwids, key.hwidLimit);
        return replaceHwids(tx, { keyId: key.id, userId: principal.id, hwids, now });
      });
      return bound === null ? done() : ok({ hwids: bound.map(toHwidObject) });
    },
  });
}
