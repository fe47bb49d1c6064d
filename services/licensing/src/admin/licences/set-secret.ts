import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { keyIdParams } from './key-id-params.ts';
import { licenceChanged } from './licence-changed.ts';
import { licenceBodySchema, setLicenceSecret, toLicenceBody } from './licence-repository.ts';

/** `PUT licences/{keyId}/secret`: whether the key opens the Web API's methods for sellers. */
export const setSecret = ({ admit, deps }: AdminContext) =>
  licensingEndpoint({
    name: 'setLicenceSecret',
    method: 'PUT',
    path: '/admin/v1/licences/:keyId/secret',
    summary: 'Mark a licence key as secret, or as a plain one',
    admit,
    params: keyIdParams,
    body: Joi.object<{ readonly secret: boolean }>({ secret: Joi.boolean().required() }),
    replies: { 200: licenceBodySchema },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { keyId }, body: { secret }, afterCommit }) {
      const licence = await setLicenceSecret(db, keyId, secret);
      afterCommit(() => licenceChanged(deps, licence));
      return ok(toLicenceBody(licence));
    },
  });
