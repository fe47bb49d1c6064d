import Joi from 'joi';
import { formatSpan } from '../format-duration.ts';
import { type LoginRow, listLogins } from '../sessions/session-repository.ts';
import { openTimeZone } from '../time-zone.ts';
import { command } from './command.ts';
import { listParamsSchema, listReply } from './list-reply.ts';
import { counterText, durationText, optionalText } from './reply-schemas.ts';

const loginSchema = Joi.object({
  id: Joi.number().integer().required(),
  login: Joi.string().allow('').required(),
  method: optionalText(),
  MAC: optionalText(),
  address: optionalText(),
  login_time: Joi.string().required(),
  logout_time: optionalText(),
  uptime: durationText(),
  'bytes-in': counterText(),
  'bytes-out': counterText(),
  terminate_cause: optionalText(),
});

/** `get_logins`: the login log. A login that was refused ended when it began, and why is its `terminate_cause`. */
export const getLogins = command({
  name: 'get_logins',
  summary: 'The login log, refused ones too, with what the access points account for each',
  writes: false,
  params: listParamsSchema,
  reply: Joi.object({ logins: Joi.array().items(loginSchema).required() }),
  faults: [],
  handle({ deps: { db }, site, params, now }) {
    const { format } = openTimeZone(site.timezone);
    return listReply<LoginRow, number>(
      {
        member: 'logins',
        start: 0,
        fetch: (slice) => listLogins(db, site.id, slice),
        positionOf: ({ id }) => id,
        toItem(row) {
          const { from, to } = timesOf(row);
          return {
            id: row.id,
            login: row.login,
            method: row.method,
            MAC: row.mac,
            address: row.address,
            login_time: format(from),
            logout_time: to === null ? null : format(to),
            uptime: formatSpan(from, to ?? now),
            'bytes-in': String(row.bytesIn ?? 0),
            'bytes-out': String(row.bytesOut ?? 0),
            terminate_cause: row.accepted ? row.terminateCause : row.reason,
          };
        },
      },
      params,
    );
  },
});

/** From when to when a guest was on line; one who was refused, or whose session is no longer kept, for no time. */
function timesOf({ at, startedAt, endedAt }: LoginRow): { readonly from: Date; readonly to: Date | null } {
  return startedAt === null ? { from: at, to: at } : { from: startedAt, to: endedAt };
}
