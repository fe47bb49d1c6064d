import { createVault } from '@gatehouse/db';
import { DATA_KEY } from './house.mjs';

/** The passcode of every voucher here. */
export const PASSCODE = 'bench-passcode';

/**
 * Vouchers with sealed passcodes, as the service makes them.
 * @param {import('pg').Pool} pool
 * @param {number} siteId
 * @param {number} count
 */
export async function makeVouchers(pool, siteId, count) {
  const vault = createVault(Buffer.from(DATA_KEY, 'hex'));
  for (let start = 0; start < count; start += 20_000) {
    const names = Array.from({ length: Math.min(20_000, count - start) }, (_, index) => `guest-${start + index}`);
    const sealed = names.map((name) => vault.seal(PASSCODE, `voucher:${siteId}:${name}`).toString('hex'));
    await pool.query(
      `INSERT INTO vouchers (site_id, username, passcode, fullname, valid_for, valid_from)
       SELECT $1, name, decode(sealed, 'hex'), 'Guest ' || name, '30 days', now() FROM unnest($2::text[], $3::text[]) AS row(name, sealed)`,
      [siteId, names, sealed],
    );
  }
  await pool.query('VACUUM ANALYZE vouchers');
}
