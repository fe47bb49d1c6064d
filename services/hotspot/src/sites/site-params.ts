import { idSchema } from '@gatehouse/http';
import Joi from 'joi';

/** A site in a path. */
export interface SiteParams {
  readonly id: number;
}
export const siteParams: Joi.ObjectSchema<SiteParams> = Joi.object<SiteParams>({ id: idSchema().required() });

/** A site and one of its keys. */
export interface SiteKeyParams extends SiteParams {
  readonly keyId: number;
}
export const siteKeyParams: Joi.ObjectSchema<SiteKeyParams> = Joi.object<SiteKeyParams>({
  id: idSchema().required(),
  keyId: idSchema().required(),
});

/** A site and one of its access points. */
export interface SiteNasParams extends SiteParams {
  readonly nasId: number;
}
export const siteNasParams: Joi.ObjectSchema<SiteNasParams> = Joi.object<SiteNasParams>({
  id: idSchema().required(),
  nasId: idSchema().required(),
});

/** The body of a write that takes none: members that nobody reads are refused, as everywhere. */
export const nothing: Joi.ObjectSchema<object> = Joi.object<object>({});
