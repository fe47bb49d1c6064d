import { canonicalAddress, dateTimeSchema } from '@gatehouse/http';
import Joi from 'joi';
import { networkSchema } from '../sites/site-schema.ts';
import { textSchema } from '../text-schema.ts';
import type { NasEntry } from './nas-repository.ts';

/** An access point as an operator writes it. */
export interface NewNasBody {
  readonly name: string;
  readonly address: string;
  /** Drawn when it is left out. */
  readonly secret?: string;
  readonly require_message_authenticator: boolean;
}

/** What may be changed of it; its address may not, since RADIUS knows it by that. */
export interface NasPatchBody {
  readonly name?: string;
  readonly secret?: string;
  readonly require_message_authenticator?: boolean;
}

// RFC 2865 §3 wants 16 octets at least; what a form field of a cheap router takes is visible ASCII.
const secret = Joi.string()
  .min(16)
  .max(128)
  .pattern(/^[\x21-\x7e]+$/);

/** What `POST sites/{id}/nas` takes. */
export const newNasSchema: Joi.ObjectSchema<NewNasBody> = Joi.object<NewNasBody>({
  name: textSchema(100).required(),
  address: networkSchema().custom(readNetwork).required(),
  secret,
  require_message_authenticator: Joi.boolean().default(true),
});

/** What `PATCH sites/{id}/nas/{nasId}` takes: at least one member. */
export const nasPatchSchema: Joi.ObjectSchema<NasPatchBody> = Joi.object<NasPatchBody>({
  name: textSchema(100),
  secret,
  require_message_authenticator: Joi.boolean(),
}).min(1);

/** An access point as operators see it. */
export function toNasBody({ id, name, address, requireMessageAuthenticator, createdAt }: NasEntry) {
  return { id, name, address, require_message_authenticator: requireMessageAuthenticator, created_at: createdAt };
}

/** The schemas of what {@link toNasBody} gives. */
export const nasMembers = {
  id: Joi.number().integer().required(),
  name: Joi.string().required(),
  address: Joi.string().required(),
  require_message_authenticator: Joi.boolean().required(),
  created_at: dateTimeSchema().required(),
};

/** The widest network that may be one device's: everything wider would let strangers in with one secret. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 16 };

function readNetwork(text: string, helpers: Joi.CustomHelpers): string | Joi.ErrorReport {
  const [base = '', length] = text.split('/');
  if (length === undefined) return canonicalAddress(text) ?? text;
  const shortest = base.includes(':') ? SHORTEST_PREFIX.ipv6 : SHORTEST_PREFIX.ipv4;
  return Number(length) < shortest ? helpers.message({ custom: `must not be wider than /${shortest}` }) : text;
}
