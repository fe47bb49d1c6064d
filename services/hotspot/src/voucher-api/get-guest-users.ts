import type { GuestKind } from '@gatehouse/db';
import Joi from 'joi';
import { type GuestRow, listGuests } from '../guests/guest-repository.ts';
import { openTimeZone } from '../time-zone.ts';
import { type Command, command } from './command.ts';
import { type ListParams, listParamsSchema, listReply } from './list-reply.ts';
import { optionalText } from './reply-schemas.ts';

/** The members that a kind of guest has beyond those of all: who it is. They stand after `id`. */
interface Identity {
  readonly schemas: Readonly<Record<string, Joi.Schema>>;
  write(row: GuestRow): object;
}

/** `get_email_users` */
export const getEmailUsers = guestList('get_email_users', 'email', 'Guests who signed in with an e-mail address', {
  schemas: { email: Joi.string().required() },
  write: ({ identity }) => ({ email: identity }),
});

/** `get_mobile_users` */
export const getMobileUsers = guestList('get_mobile_users', 'mobile', 'Guests who signed in with a mobile number', {
  schemas: { mobile: Joi.string().required() },
  write: ({ identity }) => ({ mobile: identity }),
});

/** `get_fb_users` */
export const getFbUsers = guestList('get_fb_users', 'facebook', 'Guests who signed in with Facebook', {
  schemas: { fb_id: Joi.string().required(), name: optionalText(), email: optionalText(), gender: optionalText(), locale: optionalText() },
  write: ({ identity, name, email, gender, locale }) => ({ fb_id: identity, name, email, gender, locale }),
});

/** `get_free_users` */
export const getFreeUsers = guestList('get_free_users', 'free', 'Guests who signed in without saying who they are', {
  schemas: {},
  write: () => ({}),
});

function guestList(name: string, kind: GuestKind, summary: string, { schemas, write }: Identity): Command<ListParams> {
  const userSchema = Joi.object({
    id: Joi.number().integer().required(),
    ...schemas,
    created_at: Joi.string().required(),
    last_login: optionalText(),
    MAC: optionalText(),
    visits: Joi.number().integer().required(),
    comments: optionalText(),
    comments1: optionalText(),
    comments2: optionalText(),
    last_modified: Joi.string().required(),
    marketing: Joi.number().valid(0, 1).required(),
    verified: Joi.number().valid(0, 1).required(),
  });
  return command({
    name,
    summary,
    writes: false,
    params: listParamsSchema,
    reply: Joi.object({ users: Joi.array().items(userSchema).required() }),
    faults: [],
    handle({ deps: { db }, site, params }) {
      const { format } = openTimeZone(site.timezone);
      return listReply<GuestRow, number>(
        {
          member: 'users',
          start: 0,
          fetch: (slice) => listGuests(db, site.id, kind, slice),
          positionOf: ({ id }) => id,
          toItem: (row) => ({
            id: row.id,
            ...write(row),
            created_at: format(row.createdAt),
            last_login: row.lastLoginAt === null ? null : format(row.lastLoginAt),
            MAC: row.mac,
            visits: row.visits,
            comments: row.comments,
            comments1: row.comments1,
            comments2: row.comments2,
            last_modified: format(row.lastModifiedAt),
            marketing: Number(row.marketing),
            verified: Number(row.verified),
          }),
        },
        params,
      );
    },
  });
}
