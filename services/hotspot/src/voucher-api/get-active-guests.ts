import Joi from 'joi';
import { formatSpan } from '../format-duration.ts';
import { type LiveSession, listLiveSessions } from '../sessions/session-repository.ts';
import { command } from './command.ts';
import { listParamsSchema, listReply } from './list-reply.ts';
import { counterText, durationText, optionalText } from './reply-schemas.ts';

const guestSchema = Joi.object({
  logins: Joi.string().required(),
  address: optionalText(),
  'mac-address': optionalText(),
  uptime: durationText(),
  'idle-time': durationText(),
  'bytes-out': counterText(),
  'bytes-in': counterText(),
});

/** `get_active_guests`: who is on line, by what the access points account for. */
export const getActiveGuests = command({
  name: 'get_active_guests',
  summary: 'Guests on line now; bytes-in is what the guest sent, bytes-out what it got',
  writes: false,
  params: listParamsSchema,
  reply: Joi.object({ data: Joi.array().items(guestSchema).required() }),
  faults: [],
  handle({ deps: { db }, site, params, now }) {
    return listReply<LiveSession, number>(
      {
        member: 'data',
        start: 0,
        fetch: (slice) => listLiveSessions(db, site.id, slice),
        positionOf: ({ id }) => id,
        toItem: (row) => ({
          logins: row.login,
          address: row.address,
          'mac-address': row.mac,
          uptime: formatSpan(row.startedAt, now),
          'idle-time': formatSpan(row.countersMovedAt, now),
          'bytes-out': String(row.bytesOut),
          'bytes-in': String(row.bytesIn),
        }),
      },
      params,
    );
  },
});
