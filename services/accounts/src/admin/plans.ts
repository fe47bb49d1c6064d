import { versionOf } from '@gatehouse/auth';
import type { Plan } from '@gatehouse/db';
import { ok } from '@gatehouse/http';
import { LONGEST_WINDOW_SECONDS } from '@gatehouse/limits';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { countSchema } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { nameParams, wholeList, wholeListSchema } from './named-rows.ts';

interface Body {
  readonly limit: number;
  readonly window_seconds: number;
  readonly can_list_users: boolean;
}

const members = {
  limit: countSchema().required().description('Calls of phpstrap a window'),
  window_seconds: countSchema(LONGEST_WINDOW_SECONDS).required(),
  can_list_users: Joi.boolean().required().description('Whether users.php is open'),
};
const planSchema = Joi.object({ name: Joi.string().required(), ...members });

/** `GET plans`: by name. */
export const listPlans = ({ admit }: AdminContext) =>
  nativeEndpoint({
    name: 'listPlans',
    method: 'GET',
    path: '/admin/v1/plans',
    summary: 'Plans: how much users may ask of phpstrap',
    admit,
    replies: { 200: wholeListSchema(planSchema) },
    faults: [],
    async handle({ db }) {
      const plans = await db.prisma.plan.findMany({ orderBy: { name: 'asc' } });
      return ok(wholeList(plans.map(toBody)));
    },
  });

/** `PUT plans/{name}`: makes it or changes it, felt by the next call of whoever has it. */
export const putPlan = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'putPlan',
    method: 'PUT',
    path: '/admin/v1/plans/:name',
    summary: 'Make or change a plan',
    admit,
    params: nameParams,
    body: Joi.object<Body>(members),
    replies: { 200: planSchema },
    faults: [],
    async handle({ db, params: { name }, body: { limit, window_seconds: windowSeconds, can_list_users: canListUsers }, afterCommit }) {
      const columns = { limit, windowSeconds, canListUsers };
      const plan = await db.prisma.plan.upsert({ where: { name }, create: { name, ...columns }, update: columns });
      afterCommit(() => deps.versions.touch([versionOf.plans]));
      return ok(toBody(plan));
    },
  });

function toBody({ name, limit, windowSeconds, canListUsers }: Plan) {
  return { name, limit, window_seconds: windowSeconds, can_list_users: canListUsers };
}
