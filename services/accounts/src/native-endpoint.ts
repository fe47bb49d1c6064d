import type { Database } from '@gatehouse/db';
import { type Endpoint, idSchema } from '@gatehouse/http';
import Joi from 'joi';

/** Types an endpoint of our own APIs where it is defined: `endpoint()` on our database. */
export function nativeEndpoint<Principal, Params, Query, Body>(
  definition: Endpoint<Principal, Params, Query, Body, Database>,
): Endpoint<Principal, Params, Query, Body, Database> {
  return definition;
}

/** The schema of a path with `:id`. */
export const idParams = Joi.object<{ readonly id: number }>({ id: idSchema().required() });
