import { noContent } from '@gatehouse/http';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { keyIdParams } from './key-id-params.ts';
import { licenceChanged } from './licence-changed.ts';
import { setLicenceMember } from './licence-repository.ts';

/** `DELETE licences/{keyId}/member`: the key is nobody's, and the Web API refuses it. */
export const removeMember = ({ admit, deps }: AdminContext) =>
  licensingEndpoint({
    name: 'removeLicenceMember',
    method: 'DELETE',
    path: '/admin/v1/licences/:keyId/member',
    summary: 'Take a licence key from its member',
    admit,
    params: keyIdParams,
    replies: { 204: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { keyId }, afterCommit }) {
      const licence = await setLicenceMember(db, keyId, null);
      afterCommit(() => licenceChanged(deps, licence));
      return noContent();
    },
  });
