import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { created, done, ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { countSchema, idParams, pageFields, textSchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { paginate, paginationSchema } from '../pagination.ts';
import { forceQuery, refuseWithKeys } from './delete-parent.ts';
import {
  deleteProvider,
  findProvider,
  insertProvider,
  listProviders,
  type ProviderFields,
  type ProviderRecord,
  updateProvider,
} from './provider-repository.ts';

interface ProviderBody {
  readonly name: string;
  readonly is_active: boolean;
  readonly key_valid_minutes: number | null;
}

const fields = { name: textSchema(), is_active: Joi.boolean(), key_valid_minutes: countSchema().allow(null) };

const providerSchema = Joi.object({
  id: Joi.number().integer().required(),
  name: Joi.string().required(),
  is_active: Joi.boolean().required(),
  key_valid_minutes: Joi.number().integer().allow(null).required(),
});

/** The endpoints under `/providers`. */
export function providerEndpoints({ versions }: Pick<ServiceDeps, 'versions'>, { read, write }: ApiKeyAdmits) {
  const list = licensingEndpoint({
    name: 'listProviders',
    method: 'GET',
    path: '/providers',
    summary: 'List providers',
    admit: read,
    query: Joi.object<{ page: number; limit: number }>(pageFields),
    replies: { 200: Joi.object({ providers: Joi.array().items(providerSchema).required(), pagination: paginationSchema.required() }) },
    faults: [],
    async handle({ principal, query: { page, limit }, db }) {
      const { providers, total } = await listProviders(db, principal.id, { page, limit });
      return ok({ providers: providers.map(toProviderObject), pagination: paginate(page, limit, total) });
    },
  });
  const create = licensingEndpoint({
    name: 'createProvider',
    method: 'POST',
    path: '/providers',
    summary: 'Create a provider',
    admit: write,
    body: Joi.object<ProviderBody>({
      name: fields.name.required(),
      is_active: fields.is_active.default(true),
      key_valid_minutes: fields.key_valid_minutes.default(null),
    }),
    replies: { 201: Joi.object({ provider: providerSchema.required() }) },
    faults: ['IDEMPOTENCY_MISMATCH'],
    async handle({ principal, body, now, db }) {
      const provider = { name: body.name, isActive: body.is_active, keyValidMinutes: body.key_valid_minutes };
      return created({ provider: toProviderObject(await insertProvider(db, principal.id, provider, now)) });
    },
  });
  const get = licensingEndpoint({
    name: 'getProvider',
    method: 'GET',
    path: '/providers/:id',
    summary: 'Get a provider',
    admit: read,
    params: idParams,
    replies: { 200: Joi.object({ provider: providerSchema.required() }) },
    faults: ['NOT_FOUND'],
    async handle({ principal, params, db }) {
      const provider = await findProvider(db, principal.id, params.id);
      if (provider === null) throw providerNotFound();
      return ok({ provider: toProviderObject(provider) });
    },
  });
  const update = licensingEndpoint({
    name: 'updateProvider',
    method: 'PUT',
    path: '/providers/:id',
    summary: 'Update a provider',
    admit: write,
    params: idParams,
    body: Joi.object<Partial<ProviderBody>>(fields),
    replies: { 200: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, body, db }) {
      if (!(await updateProvider(db, principal.id, params.id, toProviderFields(body)))) throw providerNotFound();
      return done();
    },
  });
  const remove = licensingEndpoint({
    name: 'deleteProvider',
    method: 'DELETE',
    path: '/providers/:id',
    summary: 'Delete a provider; with force=true its keys too',
    admit: write,
    params: idParams,
    query: forceQuery,
    replies: { 200: null },
    faults: ['NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, query, db, afterCommit }) {
      const existed = await deleteProvider(db, principal.id, params.id, query.force).catch(refuseWithKeys('The provider has keys'));
      if (!existed) throw providerNotFound();
      // The keys that went with it: what is remembered of a key stands with its seller too.
      if (query.force) afterCommit(() => versions.touch([versionOf.user(principal.id)]));
      return done();
    },
  });
  return [list, create, get, update, remove];
}

function toProviderObject({ id, name, isActive, keyValidMinutes }: ProviderRecord) {
  return { id, name, is_active: isActive, key_valid_minutes: keyValidMinutes };
}

function toProviderFields({ name, is_active, key_valid_minutes }: Partial<ProviderBody>): Partial<ProviderFields> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(is_active === undefined ? {} : { isActive: is_active }),
    ...(key_valid_minutes === undefined ? {} : { keyValidMinutes: key_valid_minutes }),
  };
}

function providerNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'Provider not found' });
}
