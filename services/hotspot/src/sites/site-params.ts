import { idSchema } from '@gatehouse/http';
import Joi from 'joi';

/** `{id}` of a site in a path. */
export const siteParams: Joi.ObjectSchema<{ readonly id: number }> = Joi.object({ id: idSchema().required() });

/** `{id}` of a site and `{keyId}` of one of its keys. */
export const siteKeyParams: Joi.ObjectSchema<{ readonly id: number; readonly keyId: number }> = Joi.object({
  id: idSchema().required(),
  keyId: idSchema().required(),
});

/** `{id}` of a site and `{nasId}` of one of its access points. */
export const siteNasParams: Joi.ObjectSchema<{ readonly id: number; readonly nasId: number }> = Joi.object({
  id: idSchema().required(),
  nasId: idSchema().required(),
});
