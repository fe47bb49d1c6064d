import { ok } from '@gatehouse/http';
import { examineProcess } from '@gatehouse/service';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { timeSchema } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';

/** `GET doctor`: what `gatehouse doctor` cannot see from outside. */
export const getDoctor = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'getDoctor',
    method: 'GET',
    path: '/admin/v1/doctor',
    summary: 'Whether everything that the service stands on is well, and what to mend',
    admit,
    replies: {
      200: Joi.object({
        now: timeSchema().required(),
        version: Joi.string().required(),
        findings: Joi.array()
          .items(
            Joi.object({
              check: Joi.string().required(),
              state: Joi.string().valid('ok', 'warning', 'failed').required(),
              text: Joi.string().required(),
            }),
          )
          .required(),
      }),
    },
    faults: [],
    async handle({ request }) {
      const findings = await examineProcess(deps, request.caller.undeclaredProxy);
      return ok({ now: new Date(), version: deps.appVersion, findings });
    },
  });
