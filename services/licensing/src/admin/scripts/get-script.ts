import { ok } from '@gatehouse/http';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { scriptBodySchema } from './script-body.ts';
import { readScript } from './scripts-repository.ts';

/** `GET scripts/{id}`: with its source. */
export const getScript = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'getScript',
    method: 'GET',
    path: '/admin/v1/scripts/:id',
    summary: 'One script with its source',
    admit,
    params: idParams,
    replies: { 200: scriptBodySchema },
    faults: ['NOT_FOUND'],
    async handle({ db, params: { id } }) {
      return ok(await readScript(db, id));
    },
  });
