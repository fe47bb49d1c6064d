import { created, ok } from '@gatehouse/http';
import { admitOperator, type ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { publicKeySchema, toPublicKeyObject } from './public-key-endpoint.ts';
import { listSigningKeys, rotateSigningKey } from './signing-key-repository.ts';

/** `/admin/v1/signing-keys`: operators see the keys that sign verify answers and change to a new one. */
export function signingAdminEndpoints(deps: ServiceDeps) {
  const admit = admitOperator(deps);
  const list = licensingEndpoint({
    name: 'listSigningKeys',
    method: 'GET',
    path: '/admin/v1/signing-keys',
    summary: 'List the keys that sign verify answers',
    admit,
    replies: { 200: Joi.object({ items: Joi.array().items(publicKeySchema).required(), next_cursor: Joi.valid(null).required() }) },
    faults: [],
    handle: async ({ db }) => ok({ items: (await listSigningKeys(db)).map(toPublicKeyObject), next_cursor: null }),
  });
  const rotate = licensingEndpoint({
    name: 'rotateSigningKey',
    method: 'POST',
    path: '/admin/v1/signing-keys',
    summary: 'Sign verify answers with a new key from now on; the previous ones stay published',
    admit,
    body: Joi.object({}),
    replies: { 201: Joi.object({ kid: Joi.string().required() }) },
    faults: ['IDEMPOTENCY_MISMATCH'],
    handle: async ({ db, now }) => created({ kid: await rotateSigningKey(db, deps.vault, now) }),
  });
  return [list, rotate];
}
