import type { Database, Prisma } from '@gatehouse/db';
import { endpoint } from '@gatehouse/http';
import Joi from 'joi';
import { members as allOf, okReply, okSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

/** `GET /api/billing/tariffs.json`: the tariffs on offer, the cheapest first. */
export function listTariffs(members: Members) {
  return endpoint<Member, object, object, object, Database>({
    name: 'billing/tariffs',
    method: 'GET',
    path: '/api/billing/tariffs.json',
    summary: 'The tariffs on offer.',
    admit: members.either,
    query: Joi.object<object>({}),
    replies: { 200: okSchema(Joi.array().items(tariffSchema()).required()) },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED'],
    async handle({ db }) {
      const tariffs = await db.query<{ name: string; title: string; price: Prisma.Decimal; campaigns: number }>`
        SELECT name, title, price, campaigns FROM tariffs ORDER BY price, name`;
      return okReply(tariffs.map(({ name, title, price, campaigns }) => ({ name, title, price: price.toNumber(), campaigns })));
    },
  });
}

function tariffSchema(): Joi.ObjectSchema {
  return allOf({ name: Joi.string(), title: Joi.string().allow(''), price: Joi.number(), campaigns: Joi.number().integer() });
}
