import type { Database } from '@gatehouse/db';
import { endpoint, formatIsoOffset, ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { effectiveMembership } from '../membership/effective-membership.ts';
import type { TokenHolder } from './account.ts';
import type { Callers } from './callers.ts';
import { API_VERSION, isoTimeSchema, reply } from './phpstrap-formats.ts';

/** `GET /api/v1/status.php`: whether the API is up, and who is asking when a valid token is sent. */
export function getStatus({ appVersion }: Pick<ServiceDeps, 'appVersion'>, callers: Callers) {
  return endpoint<TokenHolder | null, object, object, object, Database>({
    name: 'getStatus',
    method: 'GET',
    path: '/api/v1/status.php',
    summary: 'Health and version of the API; public.',
    admit: callers.anyone,
    query: Joi.object<object>({}),
    replies: {
      200: reply({
        success: Joi.valid(true),
        data: reply({
          status: Joi.valid('operational'),
          api_version: Joi.valid(API_VERSION),
          app_version: Joi.string(),
          timestamp: isoTimeSchema(),
          caller: reply({
            id: Joi.number().integer(),
            name: Joi.string(),
            membership: Joi.string().valid('free', 'premium', 'lifetime'),
          }).allow(null),
        }),
      }),
    },
    faults: ['API_DISABLED'],
    async handle({ principal, now }) {
      const caller = principal && {
        id: principal.id,
        name: principal.subject.name,
        membership: effectiveMembership(principal.subject, now),
      };
      const data = { status: 'operational', api_version: API_VERSION, app_version: appVersion, timestamp: formatIsoOffset(now), caller };
      return ok({ success: true, data });
    },
  });
}
