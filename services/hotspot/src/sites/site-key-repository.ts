import { hashToken, last4, newToken } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { dateTimeSchema } from '@gatehouse/http';
import Joi from 'joi';
import type { Site } from './site.ts';

/** A key of a site as it may be shown: the key itself is known only when it is made. */
export interface SiteKey {
  readonly id: number;
  readonly prefix: string;
  readonly last4: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const PREFIX = 'gsk_';
/** What a list shows of a key: enough to tell keys apart, and 160 bits stay unknown. */
const SHOWN_CHARACTERS = PREFIX.length + 4;

/** Makes a key; several may live at once, so that a rotation loses nobody. @returns also the secret, which is kept nowhere */
export async function insertSiteKey(db: Database, siteId: number, now: Date): Promise<{ key: SiteKey; secret: string }> {
  const secret = newToken(PREFIX);
  const row = await db.prisma.siteApiKey.create({
    data: {
      siteId,
      keyHash: new Uint8Array(hashToken(secret)),
      prefix: secret.slice(0, SHOWN_CHARACTERS),
      last4: last4(secret),
      createdAt: now,
    },
  });
  return { key: row, secret };
}

/** Live keys of a site in the order of their ids, after `afterId`. */
export function listSiteKeys(db: Database, siteId: number, afterId: number, limit: number): Promise<SiteKey[]> {
  return db.prisma.siteApiKey.findMany({
    where: { siteId, id: { gt: afterId }, revokedAt: null },
    orderBy: { id: 'asc' },
    take: limit,
  });
}

/** @throws Fault NOT_FOUND when it is not there or was revoked before */
export async function revokeSiteKey(db: Database, siteId: number, id: number, now: Date): Promise<void> {
  const count =
    await db.execute`UPDATE site_api_keys SET revoked_at = ${now} WHERE id = ${id} AND site_id = ${siteId} AND revoked_at IS NULL`;
  if (count === 0) throw new Fault('NOT_FOUND', { detail: 'API key not found' });
}

/** The site of a live key, by the key's hash: one indexed query. */
export async function findKeyedSite(db: Database, keyHash: Buffer): Promise<{ readonly keyId: number; readonly site: Site } | null> {
  const [row] = await db.query<Site & { readonly keyId: number }>`
    SELECT key.id AS "keyId", site.id, site.name, site.timezone, site.slug, site.api_enabled AS "apiEnabled",
      site.post_enabled AS "postEnabled", site.get_enabled AS "getEnabled", site.cloud_get_enabled AS "cloudGetEnabled",
      site.get_allowed_cidrs AS "getAllowedCidrs", site.default_valid_for AS "defaultValidFor",
      site.sign_in_methods AS "signInMethods", site.bind_mac AS "bindMac", site.devices_per_voucher AS "devicesPerVoucher",
      site.retention_days AS "retentionDays", site.created_at AS "createdAt", site.updated_at AS "updatedAt"
    FROM site_api_keys key JOIN sites site ON site.id = key.site_id
    WHERE key.key_hash = ${keyHash} AND key.revoked_at IS NULL`;
  if (row === undefined) return null;
  const { keyId, ...site } = row;
  return { keyId, site };
}

/** Notes that a key is in use; the time only moves forward. */
export async function markSiteKeyUsed(db: Database, id: number, now: Date): Promise<void> {
  await db.execute`UPDATE site_api_keys SET last_used_at = ${now} WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < ${now})`;
}

/** A key as operators see it. */
export function toSiteKeyBody({ id, prefix, last4, createdAt, lastUsedAt }: SiteKey) {
  return { id, prefix, last4, created_at: createdAt, last_used_at: lastUsedAt };
}

/** The schemas of what {@link toSiteKeyBody} gives. */
export const siteKeyMembers = {
  id: Joi.number().integer().required(),
  prefix: Joi.string().required(),
  last4: Joi.string().required(),
  created_at: dateTimeSchema().required(),
  last_used_at: dateTimeSchema().allow(null).required(),
};
