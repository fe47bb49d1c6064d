import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { endpoint } from '@gatehouse/http';
import Joi from 'joi';
import { graceUntil } from '../membership/lapse-timeline.ts';
import { members as allOf, okReply, okSchema, plainOrNull, plainOrZero, plainTimeSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

/** `GET /api/profile/info.json`: the caller's profile. */
export function getInfo(members: Members) {
  return endpoint<Member, object, object, object, Database>({
    name: 'profile/info',
    method: 'GET',
    path: '/api/profile/info.json',
    summary: "The caller's profile.",
    admit: members.either,
    query: Joi.object<object>({}),
    replies: { 200: okSchema(infoMembers()) },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED'],
    async handle({ principal, db, now }) {
      const user = await db.prisma.user.findUnique({ where: { id: principal.id }, include: { tariff: true } });
      if (user === null) throw new Fault('BAD_CREDENTIAL');
      return okReply({
        id: user.id,
        name: user.name,
        login: user.login,
        lang: user.lang,
        tariff: user.tariffName,
        tariff_name: user.tariff.title,
        paid_until: plainOrZero(user.membershipExpiresAt),
        notify: { tariff: user.notifyTariff, leads: user.notifyLeads },
        grace_until: plainOrNull(graceUntil(user, now)),
      });
    },
  });
}

function infoMembers(): Joi.SchemaMap {
  return {
    id: Joi.number().integer(),
    name: Joi.string(),
    login: Joi.string().allow(null),
    lang: Joi.string(),
    tariff: Joi.string(),
    tariff_name: Joi.string(),
    paid_until: plainTimeSchema(),
    notify: allOf({ tariff: Joi.boolean(), leads: Joi.boolean() }),
    grace_until: plainTimeSchema().allow(null),
  };
}
