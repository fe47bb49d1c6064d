import { created, idSchema } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { type ScriptFields, scriptBodySchema, scriptFields } from './script-body.ts';
import { insertScript } from './scripts-repository.ts';

/** `POST scripts`: an add-on of a seller's software. */
export const createScript = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'createScript',
    method: 'POST',
    path: '/admin/v1/scripts',
    summary: 'Add a script of a seller',
    admit,
    body: Joi.object<ScriptFields & { readonly owner_id: number }>({
      ...scriptFields,
      owner_id: idSchema().required(),
      name: scriptFields.name.required(),
    }),
    replies: { 201: scriptBodySchema },
    faults: ['IDEMPOTENCY_MISMATCH'],
    async handle({ db, body: { owner_id: ownerId, ...fields }, now }) {
      return created(await insertScript(db, ownerId, fields, now));
    },
  });
