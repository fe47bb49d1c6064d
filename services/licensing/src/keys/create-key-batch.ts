import { created } from '@gatehouse/http';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { newKeyFields } from './create-key.ts';
import { createKeys } from './create-keys.ts';
import { keyObjectSchema, toKeyObject } from './key-object.ts';
import type { NewKeyBody } from './new-key.ts';

/** `POST /keys/batch`: makes up to 100 keys that are alike, all of them or none. */
export function createKeyBatchEndpoint({ write }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'createKeyBatch',
    method: 'POST',
    path: '/keys/batch',
    summary: 'Create multiple keys at once',
    admit: write,
    body: Joi.object<NewKeyBody & { readonly amount: number }>({
      ...newKeyFields,
      amount: Joi.number().integer().min(1).max(100).required(),
    }),
    replies: { 201: Joi.object({ keys: Joi.array().items(keyObjectSchema).required() }) },
    faults: ['NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, body, now, db }) {
      const keys = await createKeys(db, { userId: principal.id, amount: body.amount, body, now });
      return created({ keys: keys.map((key) => toKeyObject(key, now)) });
    },
  });
}
