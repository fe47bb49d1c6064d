import { idSchema, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { softwareBodySchema, toSoftwareBody } from './software-body.ts';

/** `GET software`: by id. */
export const listSoftware = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'listSoftware',
    method: 'GET',
    path: '/admin/v1/software',
    summary: 'Software of sellers, by id',
    admit,
    query: Joi.object<PageQuery & { readonly owner_id?: number }>({ ...PAGE_SCHEMAS, owner_id: idSchema().description('Of this seller') }),
    replies: { 200: pageSchema(softwareBodySchema) },
    faults: [],
    async handle({ db, query: { limit, cursor, owner_id: ownerId } }) {
      const [afterId = 0] = readCursor(cursor, 1) ?? [];
      const rows = await db.prisma.software.findMany({
        where: { id: { gt: Math.min(afterId, 2_147_483_647) }, ...(ownerId === undefined ? {} : { ownerId }) },
        orderBy: { id: 'asc' },
        take: limit + 1,
      });
      return ok(toPage(rows, limit, ({ id }) => [id], toSoftwareBody));
    },
  });
