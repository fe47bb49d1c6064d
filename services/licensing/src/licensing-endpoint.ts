import type { Database } from '@gatehouse/db';
import type { Endpoint } from '@gatehouse/http';

/** Types an endpoint of this service where it is defined; its `db` is our database. */
export function licensingEndpoint<Principal, Params, Query, Body>(
  definition: Endpoint<Principal, Params, Query, Body, Database>,
): Endpoint<Principal, Params, Query, Body, Database> {
  return definition;
}
