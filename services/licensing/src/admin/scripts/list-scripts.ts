import { idSchema, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { listedScriptSchema, toListedScript } from './script-body.ts';
import { findScripts } from './scripts-repository.ts';

/** `GET scripts`: by id, without their sources. */
export const listScripts = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'listScripts',
    method: 'GET',
    path: '/admin/v1/scripts',
    summary: 'Scripts of sellers, by id',
    admit,
    query: Joi.object<PageQuery & { readonly owner_id?: number }>({ ...PAGE_SCHEMAS, owner_id: idSchema().description('Of this seller') }),
    replies: { 200: pageSchema(listedScriptSchema) },
    faults: [],
    async handle({ db, query: { limit, cursor, owner_id: ownerId } }) {
      const [afterId = 0] = readCursor(cursor, 1) ?? [];
      const rows = await findScripts(db, { afterId, ownerId, limit: limit + 1 });
      return ok(toPage(rows, limit, ({ id }) => [id], toListedScript));
    },
  });
