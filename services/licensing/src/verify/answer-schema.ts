import Joi from 'joi';
import { timeReplySchema } from '../fields.ts';
import { VERDICTS } from './judge.ts';

/** What a program is told of its key, in a reply. */
export const answerKeySchema = Joi.object({
  id: Joi.number().integer().required(),
  expires_at: timeReplySchema().required(),
  is_premium: Joi.boolean().required(),
  service_id: Joi.number().integer().allow(null).required(),
  key_name: Joi.string().allow(null, '').required(),
});

/** The signed answer of `POST /keys/verify`. */
export const answerSchema = Joi.object({
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
