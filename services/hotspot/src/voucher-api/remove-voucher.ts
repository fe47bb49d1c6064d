import { Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { endSessions } from '../radius/disconnect.ts';
import { deleteVoucher } from '../vouchers/voucher-repository.ts';
import { command } from './command.ts';

interface Params {
  readonly username?: string;
}

/** `remove_voucher`: its guests go off line. */
export const removeVoucher = command({
  name: 'remove_voucher',
  summary: 'Removes a voucher and ends its sessions',
  writes: true,
  params: Joi.object<Params>({ username: Joi.string().max(1000) }),
  reply: Joi.object({ message: Joi.string().required(), error: Joi.boolean().valid(false).required() }),
  faults: ['USERNAME_MISSING', 'USERNAME_UNKNOWN'],
  async handle({ deps, site, params: { username } }) {
    if (username === undefined) throw new Fault('USERNAME_MISSING');
    const sessionIds = await deleteVoucher(deps.db, site.id, username);
    if (sessionIds === null) throw new Fault('USERNAME_UNKNOWN');
    await endSessions(deps, sessionIds);
    return ok({ message: 'User removed successfully', error: false });
  },
});
