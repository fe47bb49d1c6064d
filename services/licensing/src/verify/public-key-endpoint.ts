import { ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { isoTime, timeReplySchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { admitLicenceHolder } from './licence-holder.ts';
import { ensureSigningKey, listSigningKeys, type PublicSigningKey } from './signing-key-repository.ts';

/** A public key in a reply. */
export const publicKeySchema = Joi.object({
  kid: Joi.string().required(),
  algorithm: Joi.string().valid('Ed25519').required(),
  public_key: Joi.string().required(),
  is_current: Joi.boolean().required(),
  created_at: timeReplySchema().required(),
  retired_at: timeReplySchema().required(),
});

/** A public key as programs and operators see it; `public_key` is PEM, as `openssl` reads it. */
export function toPublicKeyObject({ kid, publicKey, createdAt, retiredAt }: PublicSigningKey) {
  return {
    kid,
    algorithm: 'Ed25519',
    public_key: publicKey.export({ format: 'pem', type: 'spki' }),
    is_current: retiredAt === null,
    created_at: createdAt.toISOString(),
    retired_at: isoTime(retiredAt),
  };
}

/** `GET /keys/public-key`: what verify answers are checked with, the current key first, then the previous ones. */
export function publicKeyEndpoint(deps: ServiceDeps) {
  return licensingEndpoint({
    name: 'listPublicKeys',
    method: 'GET',
    path: '/keys/public-key',
    summary: 'The public keys that verify answers are signed with',
    admit: admitLicenceHolder,
    replies: { 200: Joi.object({ keys: Joi.array().items(publicKeySchema).required() }) },
    faults: [],
    async handle({ db, now }) {
      const found = await listSigningKeys(db);
      if (found[0]?.retiredAt === null) return ok({ keys: found.map(toPublicKeyObject) });
      await ensureSigningKey(db, deps.vault, now);
      return ok({ keys: (await listSigningKeys(db)).map(toPublicKeyObject) });
    },
  });
}
