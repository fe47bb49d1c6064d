import { ok } from '@gatehouse/http';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { dateTimeSchema, discordIdSchema, idSchema, pageFields, textSchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { paginate, paginationSchema } from '../pagination.ts';
import type { KeyCountFolder } from './key-count-folder.ts';
import { keyObjectSchema, toKeyObject } from './key-object.ts';
import { KEY_STATUSES, type KeyStatus } from './key-status.ts';
import { listKeys } from './list-keys-repository.ts';

interface ListKeysQuery {
  readonly page: number;
  readonly limit: number;
  readonly discord_id?: string;
  readonly key?: string;
  readonly hwid?: string;
  readonly service_id?: number;
  readonly provider_id?: number;
  readonly status?: KeyStatus;
  readonly expires_before?: Date;
  readonly expires_after?: Date;
}

const query = Joi.object<ListKeysQuery>({
  ...pageFields,
  discord_id: discordIdSchema(),
  key: textSchema(19),
  hwid: textSchema(),
  service_id: idSchema(),
  provider_id: idSchema(),
  status: Joi.string().valid(...KEY_STATUSES),
  expires_before: dateTimeSchema(),
  expires_after: dateTimeSchema(),
});

/** `GET /keys`: the seller's keys, newest first, by any of the filters together. */
export function listKeysEndpoint({ read }: ApiKeyAdmits, folder: KeyCountFolder) {
  return licensingEndpoint({
    name: 'listKeys',
    method: 'GET',
    path: '/keys',
    summary: 'Fetch keys with filtering and pagination',
    admit: read,
    query,
    replies: { 200: Joi.object({ keys: Joi.array().items(keyObjectSchema).required(), pagination: paginationSchema.required() }) },
    faults: [],
    async handle({ principal, query: { page, limit, ...filters }, now, db }) {
      const { keys, total, pending } = await listKeys(db, { userId: principal.id, page, limit, now, filter: toFilter(filters) });
      folder.suggest(principal.id, pending);
      return ok({ keys: keys.map((key) => toKeyObject(key, now)), pagination: paginate(page, limit, total) });
    },
  });
}

function toFilter(filters: Omit<ListKeysQuery, 'page' | 'limit'>) {
  return {
    discordId: filters.discord_id ?? null,
    keyPart: filters.key ?? null,
    hwidPart: filters.hwid ?? null,
    serviceId: filters.service_id ?? null,
    providerId: filters.provider_id ?? null,
    status: filters.status ?? null,
    expiresBefore: filters.expires_before ?? null,
    expiresAfter: filters.expires_after ?? null,
  };
}
