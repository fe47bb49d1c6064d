import { versionOf } from '@gatehouse/auth';
import type { Tariff } from '@gatehouse/db';
import { MAX_ID, ok } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { amountSchema, nameSchema } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { nameParams, wholeList, wholeListSchema } from './named-rows.ts';

interface Body {
  readonly title: string;
  readonly price: number;
  readonly campaigns: number;
}

const members = {
  title: nameSchema().required(),
  price: amountSchema().required(),
  campaigns: Joi.number().integer().min(0).max(MAX_ID).required(),
};
const tariffSchema = Joi.object({ name: Joi.string().required(), ...members });

/** `GET tariffs`: by name. */
export const listTariffs = ({ admit }: AdminContext) =>
  nativeEndpoint({
    name: 'listTariffs',
    method: 'GET',
    path: '/admin/v1/tariffs',
    summary: 'Tariffs on offer at altercpa',
    admit,
    replies: { 200: wholeListSchema(tariffSchema) },
    faults: [],
    async handle({ db }) {
      const tariffs = await db.prisma.tariff.findMany({ orderBy: { name: 'asc' } });
      return ok(wholeList(tariffs.map(toBody)));
    },
  });

/** `PUT tariffs/{name}`: makes it or changes it. */
export const putTariff = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'putTariff',
    method: 'PUT',
    path: '/admin/v1/tariffs/:name',
    summary: 'Make or change a tariff',
    admit,
    params: nameParams,
    body: Joi.object<Body>(members),
    replies: { 200: tariffSchema },
    faults: [],
    async handle({ db, params: { name }, body, afterCommit }) {
      const tariff = await db.prisma.tariff.upsert({ where: { name }, create: { name, ...body }, update: body });
      afterCommit(() => deps.versions.touch([versionOf.plans]));
      return ok(toBody(tariff));
    },
  });

function toBody({ name, title, price, campaigns }: Tariff) {
  return { name, title, price: price.toNumber(), campaigns };
}
