import type { Database, Vault } from '@gatehouse/db';
import { dateTimeSchema, idSchema } from '@gatehouse/http';
import { BadRow, type BulkKind, type ImportedRow } from '@gatehouse/service';
import Joi from 'joi';
import { canonicalMac } from '../mac-address.ts';
import { openSecret, sealSecret } from '../sealed-secrets.ts';
import type { Site } from '../sites/site.ts';
import { assertSite, loadSite } from '../sites/site-repository.ts';
import { textSchema, typedTextSchema } from '../text-schema.ts';
import { MAX_LIMIT_MB } from '../voucher-api/limit-schema.ts';
import { randomFullname, randomPasscode, randomUsername } from '../vouchers/random-credentials.ts';
import { VALID_FOR_VALUES } from '../vouchers/valid-for.ts';

interface VoucherScope {
  readonly site: number;
}

/** A voucher as a row of a file. Times are ISO 8601. */
interface VoucherValues {
  readonly username?: string;
  readonly passcode?: string;
  readonly fullname?: string;
  readonly valid_for?: string;
  readonly valid_from?: Date;
  readonly download_limit_mb?: number;
  readonly upload_limit_mb?: number;
  readonly first_login_at?: Date;
  readonly last_login_at?: Date;
  readonly expires_at?: Date;
  readonly mac?: string;
}

const limit = () => Joi.number().integer().min(1).max(MAX_LIMIT_MB);

const row = Joi.object<VoucherValues>({
  username: typedTextSchema(64, 253).description('Drawn when it is left out'),
  passcode: typedTextSchema(64, 128).description('Drawn when it is left out'),
  fullname: textSchema(100).description('Drawn when it is left out'),
  valid_for: Joi.string().valid(...VALID_FOR_VALUES),
  valid_from: dateTimeSchema(),
  download_limit_mb: limit(),
  upload_limit_mb: limit(),
  first_login_at: dateTimeSchema(),
  last_login_at: dateTimeSchema(),
  expires_at: dateTimeSchema(),
  mac: Joi.string()
    .max(20)
    .custom((text: string, helpers) => canonicalMac(text) ?? helpers.message({ custom: 'must be a MAC address' })),
})
  // What a first login sets belongs together.
  .with('expires_at', 'first_login_at')
  .with('last_login_at', 'first_login_at');

/** Vouchers of a site in bulk. */
export function vouchersBulk(vault: Vault): BulkKind<VoucherScope, VoucherValues> {
  return {
    name: 'vouchers',
    title: 'Vouchers',
    scope: Joi.object<VoucherScope>({ site: idSchema().required() }),
    row,
    exportRows: async (db, { site }, afterId, count) => {
      await assertSite(db, site);
      return exportVouchers(db, vault, site, afterId, count);
    },
    openImport: async (db, { site }, now) => {
      const found = await loadSite(db, site);
      return (rows) => insertVouchers(db, vault, found, rows, now);
    },
  };
}

async function exportVouchers(db: Database, vault: Vault, siteId: number, afterId: number, count: number) {
  const vouchers = await db.prisma.voucher.findMany({ where: { siteId, id: { gt: afterId } }, orderBy: { id: 'asc' }, take: count });
  return vouchers.map((voucher) => ({
    id: voucher.id,
    values: {
      id: voucher.id,
      username: voucher.username,
      passcode: openSecret(vault, voucher.passcode, { kind: 'voucher', siteId, username: voucher.username }),
      fullname: voucher.fullname,
      valid_for: voucher.validFor,
      valid_from: voucher.validFrom,
      download_limit_mb: voucher.downloadLimitMb,
      upload_limit_mb: voucher.uploadLimitMb,
      first_login_at: voucher.firstLoginAt,
      last_login_at: voucher.lastLoginAt,
      expires_at: voucher.expiresAt,
      mac: voucher.mac,
      created_at: voucher.createdAt,
    },
  }));
}

/** One statement a batch; a username that the site has is left out of it, and told. */
async function insertVouchers(
  db: Database,
  vault: Vault,
  { id: siteId, defaultValidFor }: Site,
  rows: readonly ImportedRow<VoucherValues>[],
  now: Date,
): Promise<void> {
  const vouchers = rows.map(({ values }) => {
    const { passcode = randomPasscode(), username = randomUsername(), ...rest } = values;
    const sealed = sealSecret(vault, passcode, { kind: 'voucher', siteId, username }).toString('hex');
    return { fullname: randomFullname(), valid_for: defaultValidFor, valid_from: now, ...rest, username, passcode: sealed };
  });
  const written = await db.query<{ username: string }>`
    INSERT INTO vouchers (site_id, username, passcode, fullname, valid_for, valid_from, download_limit_mb, upload_limit_mb, first_login_at,
      last_login_at, expires_at, mac, created_at, last_modified_at)
    SELECT ${siteId}::int, username, decode(passcode, 'hex'), fullname, valid_for, valid_from, download_limit_mb, upload_limit_mb,
      first_login_at, last_login_at, expires_at, mac, ${now}::timestamptz, ${now}::timestamptz
    FROM json_to_recordset(${JSON.stringify(vouchers)}::text::json) AS row (username text, passcode text, fullname text, valid_for text,
      valid_from timestamptz, download_limit_mb int, upload_limit_mb int, first_login_at timestamptz, last_login_at timestamptz,
      expires_at timestamptz, mac text)
    ON CONFLICT (site_id, username) DO NOTHING
    RETURNING username`;
  if (written.length === rows.length) return;
  const left = new Set(written.map(({ username }) => username));
  const index = vouchers.findIndex(({ username }) => !left.delete(username));
  throw new BadRow(rows[index]?.line ?? 0, 'username exists already at this site');
}
