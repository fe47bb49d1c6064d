import type { Membership } from '@gatehouse/db';
import { ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { listUsers as findUsers } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { MEMBERSHIPS, toUserBody, userBodySchema } from './user-members.ts';

interface Query extends PageQuery {
  readonly email?: string;
  readonly status?: Membership;
  readonly q?: string;
}

const text = Joi.string().min(1).max(254);

/** `GET users`: by id, upwards. */
export const listUsers = ({ admit }: AdminContext) =>
  nativeEndpoint({
    name: 'listUsers',
    method: 'GET',
    path: '/admin/v1/users',
    summary: 'Users, by id',
    admit,
    query: Joi.object<Query>({
      ...PAGE_SCHEMAS,
      email: text.description('Part of the e-mail, whatever its case'),
      status: Joi.string()
        .valid(...MEMBERSHIPS)
        .description('Membership as stored'),
      q: text.description('Part of the name, the login or the e-mail, whatever its case'),
    }),
    replies: { 200: pageSchema(userBodySchema) },
    faults: [],
    async handle({ db, query: { limit, cursor, email, status, q } }) {
      const [afterId = 0] = readCursor(cursor, 1) ?? [];
      const rows = await findUsers(db, { email, membership: status, text: q }, afterId, limit + 1);
      return ok(toPage(rows, limit, ({ id }) => [id], toUserBody));
    },
  });
