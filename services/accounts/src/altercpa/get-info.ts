import type { Database, Sql } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { endpoint } from '@gatehouse/http';
import Joi from 'joi';
import type { StoredMembership } from '../membership/effective-membership.ts';
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
      const profile = await findProfile(db, principal.id);
      if (profile === null) throw new Fault('BAD_CREDENTIAL');
      return okReply({
        id: principal.id,
        name: profile.name,
        login: profile.login,
        lang: profile.lang,
        tariff: profile.tariff,
        tariff_name: profile.tariffTitle,
        paid_until: plainOrZero(profile.membershipExpiresAt),
        notify: { tariff: profile.notifyTariff, leads: profile.notifyLeads },
        grace_until: plainOrNull(graceUntil(profile, now)),
      });
    },
  });
}

interface Profile extends StoredMembership {
  readonly name: string;
  readonly login: string | null;
  readonly lang: string;
  readonly tariff: string;
  readonly tariffTitle: string;
  readonly notifyTariff: boolean;
  readonly notifyLeads: boolean;
}

async function findProfile(db: Sql, userId: number): Promise<Profile | null> {
  const [profile] = await db.query<Profile>`
    SELECT u.name, u.login, u.lang, u.tariff, t.title AS "tariffTitle", u.membership::text AS membership,
      u.membership_expires_at AS "membershipExpiresAt", u.notify_tariff AS "notifyTariff", u.notify_leads AS "notifyLeads"
    FROM users u JOIN tariffs t ON t.name = u.tariff WHERE u.id = ${userId}`;
  return profile ?? null;
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
