import { idSchema, ok } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { withReferences } from '../bad-reference.ts';
import { keyIdParams } from './key-id-params.ts';
import { licenceChanged } from './licence-changed.ts';
import { licenceBodySchema, setLicenceMember, toLicenceBody } from './licence-repository.ts';

/** `PUT licences/{keyId}/member`: whose key it is, for the Web API. */
export const setMember = ({ admit, deps }: AdminContext) =>
  licensingEndpoint({
    name: 'setLicenceMember',
    method: 'PUT',
    path: '/admin/v1/licences/:keyId/member',
    summary: 'Say whose licence key it is',
    admit,
    params: keyIdParams,
    body: Joi.object<{ readonly user_id: number }>({ user_id: idSchema().required() }),
    replies: { 200: licenceBodySchema },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { keyId }, body: { user_id: userId }, afterCommit }) {
      const references = { licence_keys_member_id_fkey: ['user_id', 'user'] } as const;
      const licence = await withReferences(references, () => setLicenceMember(db, keyId, userId));
      afterCommit(() => licenceChanged(deps, licence));
      return ok(toLicenceBody(licence));
    },
  });
