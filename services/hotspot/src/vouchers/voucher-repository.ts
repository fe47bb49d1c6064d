import type { Database } from '@gatehouse/db';
import type { Slice } from '../voucher-api/list-reply.ts';

/** A voucher to be stored. */
export interface NewVoucher {
  readonly siteId: number;
  readonly username: string;
  readonly sealedPasscode: Buffer;
  readonly fullname: string;
  readonly validFor: string;
  readonly validFrom: Date;
  /** Null: no limit. */
  readonly downloadLimitMb: number | null;
  readonly uploadLimitMb: number | null;
  readonly now: Date;
}

/** @returns its id, or null when the site has a voucher of this name: of any number of calls at once, one gets the id */
export async function insertVoucher(db: Database, voucher: NewVoucher): Promise<number | null> {
  const [row] = await db.query<{ id: number }>`
    INSERT INTO vouchers (site_id, username, passcode, fullname, valid_for, valid_from, download_limit_mb, upload_limit_mb,
      created_at, last_modified_at)
    VALUES (${voucher.siteId}, ${voucher.username}, ${voucher.sealedPasscode}, ${voucher.fullname}, ${voucher.validFor},
      ${voucher.validFrom}, ${voucher.downloadLimitMb}, ${voucher.uploadLimitMb}, ${voucher.now}, ${voucher.now})
    ON CONFLICT (site_id, username) DO NOTHING
    RETURNING id`;
  return row?.id ?? null;
}

/** A voucher as it is listed. */
export interface VoucherRow {
  readonly id: number;
  readonly username: string;
  readonly passcode: Uint8Array;
  readonly fullname: string;
  readonly validFor: string;
  readonly validFrom: Date;
  readonly downloadLimitMb: number | null;
  readonly uploadLimitMb: number | null;
  readonly firstLoginAt: Date | null;
  readonly lastLoginAt: Date | null;
  readonly mac: string | null;
  readonly createdAt: Date;
  readonly lastModifiedAt: Date;
}

/** Vouchers of a site by id, upwards. */
export function listVouchers(db: Database, siteId: number, { after, skip, limit }: Slice): Promise<VoucherRow[]> {
  // The ids first, from the index alone: what is skipped costs no visit to its row.
  return db.query<VoucherRow>`
    SELECT id, username, passcode, fullname, valid_for AS "validFor", valid_from AS "validFrom", download_limit_mb AS "downloadLimitMb",
      upload_limit_mb AS "uploadLimitMb", first_login_at AS "firstLoginAt", last_login_at AS "lastLoginAt", mac,
      created_at AS "createdAt", last_modified_at AS "lastModifiedAt"
    FROM vouchers JOIN (
      SELECT id FROM vouchers WHERE site_id = ${siteId} AND id > ${after} ORDER BY id OFFSET ${skip} LIMIT ${limit}
    ) AS slice USING (id)
    ORDER BY id`;
}

/**
 * Deletes a voucher.
 * @returns the ids of its live sessions, for whoever ends them; null when there is no voucher of this name, or another call was first
 */
export function deleteVoucher(db: Database, siteId: number, username: string): Promise<number[] | null> {
  return db.sqlTx(async (tx) => {
    // A login that is under way writes its session before this lock is had, or finds no voucher any more.
    const [voucher] = await tx.query<{ id: number }>`
      SELECT id FROM vouchers WHERE site_id = ${siteId} AND username = ${username} FOR UPDATE`;
    if (voucher === undefined) return null;
    const sessions = await tx.query<{ id: number }>`SELECT id FROM guest_sessions WHERE voucher_id = ${voucher.id} AND ended_at IS NULL`;
    await tx.execute`DELETE FROM vouchers WHERE id = ${voucher.id}`;
    return sessions.map(({ id }) => id);
  });
}
