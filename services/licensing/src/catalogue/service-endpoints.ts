import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { created, done, ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { idParams, pageFields, textSchema, timeReplySchema } from '../fields.ts';
import { deleteExpiredKeys } from '../keys/change-key-repository.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { paginate, paginationSchema } from '../pagination.ts';
import { createService } from './create-service.ts';
import { forceQuery, refuseWithKeys } from './delete-parent.ts';
import { deleteService, findService, listServices, type ServiceFields, type ServiceRecord, updateService } from './service-repository.ts';

interface ServiceBody {
  readonly name: string;
  readonly description: string | null;
  readonly is_premium: boolean;
  readonly keyless_mode: boolean;
  readonly slug?: string;
}

const fields = {
  name: textSchema(),
  // Several lines are welcome here.
  description: Joi.string()
    .max(2000)
    .pattern(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u)
    .allow(null, ''),
  is_premium: Joi.boolean(),
  keyless_mode: Joi.boolean(),
  slug: Joi.string()
    .max(64)
    .pattern(/^[a-z0-9]+(-[a-z0-9]+)*$/),
};

const serviceSchema = Joi.object({
  id: Joi.number().integer().required(),
  name: Joi.string().required(),
  description: Joi.string().allow(null, '').required(),
  is_premium: Joi.boolean().required(),
  keyless_mode: Joi.boolean().required(),
  slug: Joi.string().required(),
  created_at: timeReplySchema().required(),
});

/** The endpoints under `/services`. */
export function serviceEndpoints({ versions }: Pick<ServiceDeps, 'versions'>, { read, write }: ApiKeyAdmits) {
  const list = licensingEndpoint({
    name: 'listServices',
    method: 'GET',
    path: '/services',
    summary: 'List services',
    admit: read,
    query: Joi.object<{ page: number; limit: number }>(pageFields),
    replies: { 200: Joi.object({ services: Joi.array().items(serviceSchema).required(), pagination: paginationSchema.required() }) },
    faults: [],
    async handle({ principal, query: { page, limit }, db }) {
      const { services, total } = await listServices(db, principal.id, { page, limit });
      return ok({ services: services.map(toServiceObject), pagination: paginate(page, limit, total) });
    },
  });
  const create = licensingEndpoint({
    name: 'createService',
    method: 'POST',
    path: '/services',
    summary: 'Create a service',
    admit: write,
    body: Joi.object<ServiceBody>({
      name: fields.name.required(),
      description: fields.description.default(null),
      is_premium: fields.is_premium.default(false),
      keyless_mode: fields.keyless_mode.default(false),
      slug: fields.slug,
    }),
    replies: { 201: Joi.object({ service: serviceSchema.required() }) },
    faults: ['CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, body: { slug, ...body }, now, db }) {
      const service = await createService(db, principal.id, { ...toServiceFields(body), slug: slug ?? null }, now);
      return created({ service: toServiceObject(service) });
    },
  });
  const get = licensingEndpoint({
    name: 'getService',
    method: 'GET',
    path: '/services/:id',
    summary: 'Get a service',
    admit: read,
    params: idParams,
    replies: { 200: Joi.object({ service: serviceSchema.required() }) },
    faults: ['NOT_FOUND'],
    async handle({ principal, params, db }) {
      const service = await findService(db, principal.id, params.id);
      if (service === null) throw serviceNotFound();
      return ok({ service: toServiceObject(service) });
    },
  });
  const update = licensingEndpoint({
    name: 'updateService',
    method: 'PUT',
    path: '/services/:id',
    summary: 'Update a service',
    admit: write,
    params: idParams,
    body: Joi.object<Partial<ServiceBody>>(fields),
    replies: { 200: null },
    faults: ['NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, body, db }) {
      if (!(await updateService(db, principal.id, params.id, toChange(body)))) throw serviceNotFound();
      return done();
    },
  });
  const remove = licensingEndpoint({
    name: 'deleteService',
    method: 'DELETE',
    path: '/services/:id',
    summary: 'Delete a service; with force=true its keys too',
    admit: write,
    params: idParams,
    query: forceQuery,
    replies: { 200: null },
    faults: ['NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, query, db, afterCommit }) {
      const existed = await deleteService(db, principal.id, params.id, query.force).catch(refuseWithKeys('The service has keys'));
      if (!existed) throw serviceNotFound();
      // The keys that went with it: what is remembered of a key stands with its seller too.
      if (query.force) afterCommit(() => versions.touch([versionOf.user(principal.id)]));
      return done();
    },
  });
  const removeExpired = licensingEndpoint({
    name: 'deleteExpiredKeys',
    method: 'DELETE',
    path: '/services/:id/keys/expired',
    summary: 'Delete the expired keys of a service',
    admit: write,
    params: idParams,
    replies: { 200: Joi.object({ deleted: Joi.number().integer().required() }) },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, now, db }) {
      if ((await findService(db, principal.id, params.id)) === null) throw serviceNotFound();
      return ok({ deleted: await deleteExpiredKeys(db, principal.id, params.id, now) });
    },
  });
  return [list, create, get, update, remove, removeExpired];
}

function toServiceObject({ id, name, description, isPremium, keylessMode, slug, createdAt }: ServiceRecord) {
  return { id, name, description, is_premium: isPremium, keyless_mode: keylessMode, slug, created_at: createdAt.toISOString() };
}

function toServiceFields({ name, description, is_premium, keyless_mode }: Omit<ServiceBody, 'slug'>): Omit<ServiceFields, 'slug'> {
  return { name, description, isPremium: is_premium, keylessMode: keyless_mode };
}

function toChange({ name, description, is_premium, keyless_mode, slug }: Partial<ServiceBody>): Partial<ServiceFields> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(is_premium === undefined ? {} : { isPremium: is_premium }),
    ...(keyless_mode === undefined ? {} : { keylessMode: keyless_mode }),
    ...(slug === undefined ? {} : { slug }),
  };
}

function serviceNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'Service not found' });
}
