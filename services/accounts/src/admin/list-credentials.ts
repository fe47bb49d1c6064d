import { MAX_ID, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import { credentialBodySchema, listCredentials as findCredentials, toCredentialBody } from '../credentials/index.ts';
import { idParams, nativeEndpoint } from '../native-endpoint.ts';
import { getUser } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';

/** `GET users/{id}/credentials`: the live ones, by id. */
export const listCredentials = ({ admit }: AdminContext) =>
  nativeEndpoint({
    name: 'listCredentials',
    method: 'GET',
    path: '/admin/v1/users/:id/credentials',
    summary: 'Live credentials of a user',
    admit,
    params: idParams,
    query: Joi.object<PageQuery>(PAGE_SCHEMAS),
    replies: { 200: pageSchema(credentialBodySchema) },
    faults: ['NOT_FOUND'],
    async handle({ db, params, query: { limit, cursor } }) {
      const { id: userId } = await getUser(db, params.id);
      const afterId = Math.min(readCursor(cursor, 1)?.[0] ?? 0, MAX_ID);
      const rows = await findCredentials(db, { userId, afterId, limit: limit + 1 });
      return ok(toPage(rows, limit, ({ id }) => [id], toCredentialBody));
    },
  });
