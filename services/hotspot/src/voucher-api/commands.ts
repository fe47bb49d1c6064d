import type { AnyCommand } from './command.ts';
import { createVoucher } from './create-voucher.ts';
import { getActiveGuests } from './get-active-guests.ts';
import { getGuestHosts } from './get-guest-hosts.ts';
import { getEmailUsers, getFbUsers, getFreeUsers, getMobileUsers } from './get-guest-users.ts';
import { getLogins } from './get-logins.ts';
import { getVoucherUsers } from './get-voucher-users.ts';
import { removeVoucher } from './remove-voucher.ts';

/** The ten documented actions. */
export const COMMANDS: readonly AnyCommand[] = [
  createVoucher,
  removeVoucher,
  getVoucherUsers,
  getEmailUsers,
  getMobileUsers,
  getFbUsers,
  getFreeUsers,
  getLogins,
  getGuestHosts,
  getActiveGuests,
];
