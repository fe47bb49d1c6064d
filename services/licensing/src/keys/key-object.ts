import Joi from 'joi';
import { isoTime, timeReplySchema } from '../fields.ts';
import { KEY_STATUSES, keyStatus } from './key-status.ts';

/** A machine that a key is bound to, and who bound it. */
export interface HwidBinding {
  readonly hwid: string;
  readonly boundAt: Date;
  readonly boundBy: string;
}

/** A licence key with all that the key object shows. */
export interface KeyRecord {
  readonly id: number;
  readonly keyValue: string;
  readonly userId: number;
  readonly serviceId: number | null;
  readonly providerId: number | null;
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
  readonly isPremium: boolean;
  readonly isInvalidated: boolean;
  readonly oneTimeUse: boolean;
  readonly expiryOnFirstUse: boolean;
  readonly validityMinutes: number | null;
  readonly noHwid: boolean;
  readonly keyName: string | null;
  readonly hwidLimit: number | null;
  readonly discordId: string | null;
  readonly createdAt: Date;
  readonly serviceName: string | null;
  readonly providerName: string | null;
  readonly hwids: readonly HwidBinding[];
}

/** The key object of keys.md. */
export function toKeyObject(key: KeyRecord, now: Date) {
  return {
    id: key.id,
    key_value: key.keyValue,
    user_id: key.userId,
    service_id: key.serviceId,
    provider_id: key.providerId,
    expires_at: isoTime(key.expiresAt),
    used_at: isoTime(key.usedAt),
    is_premium: key.isPremium,
    is_invalidated: key.isInvalidated,
    one_time_use: key.oneTimeUse,
    expiry_on_first_use: key.expiryOnFirstUse,
    validity_minutes: key.validityMinutes,
    no_hwid: key.noHwid,
    key_name: key.keyName,
    hwid_limit: key.hwidLimit,
    discord_id: key.discordId,
    created_at: key.createdAt.toISOString(),
    service_name: key.serviceName,
    provider_name: key.providerName,
    hwids: key.hwids.map(toHwidObject),
    status: keyStatus(key, now),
  };
}

/** A binding as the key object shows it. */
export function toHwidObject({ hwid, boundAt, boundBy }: HwidBinding) {
  return { hwid, bound_at: boundAt.toISOString(), bound_by: boundBy };
}

/** Bindings in a reply. */
export const hwidObjectsSchema = Joi.array().items(
  Joi.object({
    hwid: Joi.string().required(),
    bound_at: timeReplySchema().required(),
    bound_by: Joi.string().valid('api', 'verify', 'manual', 'admin').required(),
  }),
);

/** The key object in a reply. */
export const keyObjectSchema = Joi.object({
  id: Joi.number().integer().required(),
  key_value: Joi.string().required(),
  user_id: Joi.number().integer().required(),
  service_id: Joi.number().integer().allow(null).required(),
  provider_id: Joi.number().integer().allow(null).required(),
  expires_at: timeReplySchema().required(),
  used_at: timeReplySchema().required(),
  is_premium: Joi.boolean().required(),
  is_invalidated: Joi.boolean().required(),
  one_time_use: Joi.boolean().required(),
  expiry_on_first_use: Joi.boolean().required(),
  validity_minutes: Joi.number().integer().allow(null).required(),
  no_hwid: Joi.boolean().required(),
  key_name: Joi.string().allow(null, '').required(),
  hwid_limit: Joi.number().integer().allow(null).required(),
  discord_id: Joi.string().allow(null).required(),
  created_at: timeReplySchema().required(),
  service_name: Joi.string().allow(null).required(),
  provider_name: Joi.string().allow(null).required(),
  hwids: hwidObjectsSchema.required(),
  status: Joi.string()
    .valid(...KEY_STATUSES)
    .required(),
});
