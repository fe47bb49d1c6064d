import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { timeReplySchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { VERDICTS } from './judge.ts';
import { admitLicenceHolder, toQuestion, verifyBodySchema } from './licence-holder.ts';
import type { KeyVerifier } from './verify-key.ts';

const answerKeySchema = Joi.object({
  id: Joi.number().integer().required(),
  expires_at: timeReplySchema().required(),
  is_premium: Joi.boolean().required(),
  service_id: Joi.number().integer().allow(null).required(),
  key_name: Joi.string().allow(null, '').required(),
});

const answerSchema = Joi.object({
  valid: Joi.boolean().required(),
  code: Joi.string()
    .valid(...VERDICTS)
    .required(),
  key: answerKeySchema,
  hwid: Joi.string().allow(null).required(),
  nonce: Joi.string().allow(null).required(),
  service_id: Joi.number().integer().allow(null).required(),
  checked_at: timeReplySchema().required(),
  offline_until: timeReplySchema().required(),
  kid: Joi.string().required(),
  signature: Joi.string().base64().required(),
});

/** `POST /keys/verify`: whether a program may run. Always 200; the verdict is in the signed answer. */
export function verifyEndpoint(verifier: KeyVerifier) {
  return licensingEndpoint({
    name: 'verifyKey',
    method: 'POST',
    path: '/keys/verify',
    summary: 'Verify a licence key; binds the HWID and starts a key that expires on first use',
    admit: admitLicenceHolder,
    body: verifyBodySchema,
    replies: { 200: answerSchema },
    faults: ['TOO_MANY_REQUESTS', 'IDEMPOTENCY_MISMATCH'],
    async handle({ request, body, db }) {
      const { answer } = await verifier.verify(db, toQuestion(body), request, { withKeyless: true });
      return ok(answer);
    },
  });
}
