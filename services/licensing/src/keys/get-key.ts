import { ok } from '@gatehouse/http';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { keyIdParams, keyNotFound, readKeyName } from './key-name.ts';
import { keyObjectSchema, toKeyObject } from './key-object.ts';
import { findKey } from './key-repository.ts';

/** `GET /keys/{keyId}`: one key, by id or value. */
export function getKeyEndpoint({ read }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'getKey',
    method: 'GET',
    path: '/keys/:keyId',
    summary: 'Get detailed key information',
    admit: read,
    params: keyIdParams,
    replies: { 200: Joi.object({ key: keyObjectSchema.required() }) },
    faults: ['NOT_FOUND'],
    async handle({ principal, params, now, db }) {
      const key = await findKey(db, principal.id, readKeyName(params.keyId));
      if (key === null) throw keyNotFound();
      return ok({ key: toKeyObject(key, now) });
    },
  });
}
