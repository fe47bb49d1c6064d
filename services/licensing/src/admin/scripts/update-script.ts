import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { type ScriptFields, scriptBodySchema, scriptFields } from './script-body.ts';
import { changeScript } from './scripts-repository.ts';

/** `PATCH scripts/{id}`: what is sent changes; `categories` and `team` are replaced whole. */
export const updateScript = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'updateScript',
    method: 'PATCH',
    path: '/admin/v1/scripts/:id',
    summary: 'Change a script',
    admit,
    params: idParams,
    body: Joi.object<Partial<ScriptFields>>(scriptFields).min(1),
    replies: { 200: scriptBodySchema },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { id }, body, now }) {
      return ok(await changeScript(db, id, body, now));
    },
  });
