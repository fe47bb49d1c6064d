import { ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import { findBans } from '../../web-api/address-bans.ts';
import type { AdminContext } from '../admin-context.ts';
import { banBodySchema, toBanBody } from './ban-body.ts';

/** `GET bans`: the addresses that are refused now, newest first. */
export const listBans = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'listBans',
    method: 'GET',
    path: '/admin/v1/bans',
    summary: 'Addresses banned from the Web API, verify and Sessions, newest first',
    admit,
    query: Joi.object<PageQuery>(PAGE_SCHEMAS),
    replies: { 200: pageSchema(banBodySchema) },
    faults: [],
    async handle({ db, query: { limit, cursor }, now }) {
      const [beforeId = null] = readCursor(cursor, 1) ?? [];
      const bans = await findBans(db, { beforeId, limit: limit + 1, now });
      return ok(toPage(bans, limit, ({ id }) => [id], toBanBody));
    },
  });
