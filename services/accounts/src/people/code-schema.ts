import Joi from 'joi';

/** A code of an authenticator or a recovery code, as people type it. */
export function codeSchema(): Joi.StringSchema {
  return Joi.string().max(40).description('Six digits of the authenticator, or a recovery code');
}

/** A token that came by mail. */
export function mailTokenSchema(): Joi.StringSchema {
  return Joi.string().max(200).description('As the mail has it');
}
