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
export function listVouchers(db: Database, siteId: number, { afterId, skip, limit }: Slice): Promise<VoucherRow[]> {
  // The ids first, from the index alone: what is skipped costs no visit to its row.
  return db.query<VoucherRow>`
    SELECT id, username, passcode, fullname, valid_for AS "validFor", valid_from AS "validFrom", download_limit_mb AS "downloadLimitMb",
      upload_limit_mb AS "uploadLimitMb", first_login_at AS "firstLoginAt", last_login_at AS "lastLoginAt", mac,
      created_at AS "createdAt", last_modified_at AS "lastModifiedAt"
    FROM vouchers JOIN (
      SELECT id FROM vouchers WHERE site_id = ${siteId} AND id > ${afterId} ORDER BY id OFFSET ${skip} LIMIT ${limit}
    ) AS slice USING (id)
    ORDER BY id`;
}
