import Joi from 'joi';
import { formatDuration, formatSpan } from '../format-duration.ts';
import { type HostRow, listHosts } from '../hosts/host-repository.ts';
import { command } from './command.ts';
import { listParamsSchema, listReply } from './list-reply.ts';
import { counterText, durationText, optionalText } from './reply-schemas.ts';

const hostSchema = Joi.object({
  'mac-address': Joi.string().required(),
  address: optionalText(),
  'to-address': optionalText(),
  'host-name': optionalText(),
  uptime: durationText(),
  'idle-time': durationText(),
  'bytes-in': counterText(),
  'bytes-out': counterText(),
  authorized: Joi.boolean().required(),
  bypassed: Joi.boolean().required(),
});

/** `get_guest_hosts`: the devices on the guest network, by MAC. */
export const getGuestHosts = command({
  name: 'get_guest_hosts',
  summary: 'Devices on the guest network: those that are signed in, and those that the site’s agent sees',
  writes: false,
  params: listParamsSchema,
  reply: Joi.object({ data: Joi.array().items(hostSchema).required() }),
  faults: [],
  handle({ deps: { db }, site, params, now }) {
    return listReply<HostRow, string>(
      {
        member: 'data',
        start: '',
        fetch: (slice) => listHosts(db, site.id, slice),
        positionOf: ({ mac }) => mac,
        toItem: (row) => ({
          'mac-address': row.mac,
          address: row.address,
          'to-address': row.toAddress,
          'host-name': row.hostName,
          uptime: row.startedAt === null ? formatDuration(row.uptimeSeconds) : formatSpan(row.startedAt, now),
          'idle-time': row.countersMovedAt === null ? formatDuration(row.idleSeconds) : formatSpan(row.countersMovedAt, now),
          'bytes-in': String(row.bytesIn),
          'bytes-out': String(row.bytesOut),
          authorized: row.authorized,
          bypassed: row.bypassed,
        }),
      },
      params,
    );
  },
});
