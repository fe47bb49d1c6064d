import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { endpoint } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { okReply, okSchema } from './altercpa-formats.ts';
import type { Member, Members } from './members.ts';

interface Notify {
  readonly tariff?: boolean;
  readonly leads?: boolean;
}

/** `POST /api/profile/notify.json`: changes the switches that are given and leaves the others. */
export function setNotify({ versions }: Pick<ServiceDeps, 'versions'>, members: Members) {
  return endpoint<Member, object, object, Notify, Database>({
    name: 'profile/notify',
    method: 'POST',
    path: '/api/profile/notify.json',
    summary: 'Changes what the user is notified of.',
    admit: members.either,
    query: Joi.object<object>({}),
    body: Joi.object<Notify>({ tariff: switchSchema(), leads: switchSchema() }).unknown(),
    replies: { 200: okSchema({ tariff: Joi.boolean(), leads: Joi.boolean() }) },
    faults: ['NO_CREDENTIAL', 'BAD_CREDENTIAL', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'SUBSCRIPTION_LAPSED', 'BAD_PARAMETER', 'BAD_BODY'],
    async handle({ principal, body, db, now, afterCommit }) {
      const [row] = await db.query<Required<Notify>>`
        UPDATE users SET notify_tariff = coalesce(${body.tariff ?? null}::boolean, notify_tariff),
          notify_leads = coalesce(${body.leads ?? null}::boolean, notify_leads), updated_at = ${now}
        WHERE id = ${principal.id} RETURNING notify_tariff AS tariff, notify_leads AS leads`;
      if (row === undefined) throw new Fault('BAD_CREDENTIAL');
      afterCommit(() => versions.touch([versionOf.user(principal.id)]));
      return okReply(row);
    },
  });
}

/** JSON says true or false; a form says 1 or 0 as well. */
function switchSchema(): Joi.BooleanSchema<boolean> {
  return Joi.boolean<boolean>().truthy('1').falsy('0');
}
