import type { Database } from '@gatehouse/db';
import { endpoint } from '@gatehouse/http';
import Joi from 'joi';
import { lapseTimeline } from '../membership/lapse-timeline.ts';
import { okReply, okSchema, plainOrNull, plainOrZero, plainTimeSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

/** `GET /api/billing/timeline.json`: when the caller's dashboard and API keys stop; null where they never do. */
export function getTimeline(members: Members) {
  return endpoint<Member, object, object, object, Database>({
    name: 'billing/timeline',
    method: 'GET',
    path: '/api/billing/timeline.json',
    summary: "The caller's lapse timeline.",
    admit: members.either,
    query: Joi.object<object>({}),
    replies: {
      200: okSchema({
        paid_until: plainTimeSchema(),
        dashboard_until: plainTimeSchema().allow(null),
        api_until: plainTimeSchema().allow(null),
      }),
    },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED'],
    async handle({ principal }) {
      const { dashboardUntil, apiUntil } = lapseTimeline(principal.subject);
      return okReply({
        paid_until: plainOrZero(principal.subject.membershipExpiresAt),
        dashboard_until: plainOrNull(dashboardUntil),
        api_until: plainOrNull(apiUntil),
      });
    },
  });
}
