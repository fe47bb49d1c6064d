import Joi from 'joi';
import { openSecret } from '../sealed-secrets.ts';
import { openTimeZone } from '../time-zone.ts';
import { listVouchers, type VoucherRow } from '../vouchers/voucher-repository.ts';
import { command } from './command.ts';
import { listParamsSchema, listReply } from './list-reply.ts';
import { optionalText } from './reply-schemas.ts';

const userSchema = Joi.object({
  id: Joi.number().integer().required(),
  username: Joi.string().required(),
  password: Joi.string().required(),
  fullname: Joi.string().required(),
  created_at: Joi.string().required(),
  last_modified: Joi.string().required(),
  first_login: optionalText(),
  last_login: optionalText(),
  valid_for: Joi.string().required(),
  valid_from: Joi.string().required(),
  MAC: optionalText(),
  download_limit: Joi.number().integer().required(),
  upload_limit: Joi.number().integer().required(),
});

/** `get_voucher_users` */
export const getVoucherUsers = command({
  name: 'get_voucher_users',
  summary: 'Vouchers, by id, with their passcodes',
  writes: false,
  params: listParamsSchema,
  reply: Joi.object({ users: Joi.array().items(userSchema).required() }),
  faults: [],
  handle({ deps: { db, vault }, site, params }) {
    const { format } = openTimeZone(site.timezone);
    const formatLogin = (at: Date | null) => (at === null ? null : format(at));
    return listReply<VoucherRow, number>(
      {
        member: 'users',
        start: 0,
        fetch: (slice) => listVouchers(db, site.id, slice),
        positionOf: ({ id }) => id,
        toItem: (row) => ({
          id: row.id,
          username: row.username,
          password: openSecret(vault, row.passcode, { kind: 'voucher', siteId: site.id, username: row.username }),
          fullname: row.fullname,
          created_at: format(row.createdAt),
          last_modified: format(row.lastModifiedAt),
          first_login: formatLogin(row.firstLoginAt),
          last_login: formatLogin(row.lastLoginAt),
          valid_for: row.validFor,
          valid_from: format(row.validFrom),
          MAC: row.mac,
          download_limit: row.downloadLimitMb ?? 0,
          upload_limit: row.uploadLimitMb ?? 0,
        }),
      },
      params,
    );
  },
});
