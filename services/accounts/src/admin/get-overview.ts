import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { timeSchema } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { loadOverview, type Overview } from './overview-repository.ts';

/** Some of it is counted row by row, which takes a while at a million: a dashboard that asks all the time is given the same answer. */
const KEPT_MS = 5_000;

const count = Joi.number().integer().min(0).required();
const counts = (...names: readonly string[]) => Joi.object(Object.fromEntries(names.map((name) => [name, count]))).required();

/** `GET overview`: at most five seconds old; `as_of` tells. */
export const getOverview = ({ admit, deps }: AdminContext) => {
  let kept: { readonly untilMs: number; readonly overview: Promise<Overview> } | undefined;
  return nativeEndpoint({
    name: 'getOverview',
    method: 'GET',
    path: '/admin/v1/overview',
    summary: 'Counts for a dashboard',
    admit,
    replies: {
      200: Joi.object({
        as_of: timeSchema().required(),
        keys: counts('unused', 'active', 'used', 'expired', 'invalidated'),
        users: counts('free', 'premium', 'lifetime'),
        vouchers_live: count,
        sessions_live: counts('keys', 'guests', 'people'),
        requests: Joi.array()
          .items(
            Joi.object({ dialect: Joi.string().required(), hour: counts('requests', 'refusals'), day: counts('requests', 'refusals') }),
          )
          .required(),
      }),
    },
    faults: [],
    async handle({ now }) {
      if (kept === undefined || kept.untilMs <= now.getTime()) {
        const overview = loadOverview(deps.db, now);
        kept = { untilMs: now.getTime() + KEPT_MS, overview };
        // A failure is not kept.
        overview.catch(() => {
          kept = undefined;
        });
      }
      return ok(await kept.overview);
    },
  });
};
