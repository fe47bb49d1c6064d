import { idSchema } from '@gatehouse/http';
import Joi from 'joi';

/** `{keyId}` of a path: the number of a licence key. */
export const keyIdParams = Joi.object<{ readonly keyId: number }>({ keyId: idSchema().required() });
