import Joi from 'joi';
import type { AddressBan } from '../../web-api/address-bans.ts';

/** A ban in a reply. */
export const banBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  address: Joi.string().required(),
  reason: Joi.string().required(),
  expires_at: Joi.date().iso().allow(null).required(),
  created_at: Joi.date().iso().required(),
});

/** A ban as operators see it. */
export function toBanBody({ id, address, reason, expires_at, created_at }: AddressBan) {
  return { id, address, reason, expires_at, created_at };
}
