import { ok } from '@gatehouse/http';
import { idParams, nativeEndpoint } from '../native-endpoint.ts';
import { getUser as loadUser } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { toUserBody, userBodySchema } from './user-members.ts';

/** `GET users/{id}`. */
export const getUser = ({ admit }: AdminContext) =>
  nativeEndpoint({
    name: 'getUser',
    method: 'GET',
    path: '/admin/v1/users/:id',
    summary: 'One user',
    admit,
    params: idParams,
    replies: { 200: userBodySchema },
    faults: ['NOT_FOUND'],
    async handle({ db, params: { id } }) {
      return ok(toUserBody(await loadUser(db, id)));
    },
  });
