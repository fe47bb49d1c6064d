import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { noContent } from '@gatehouse/http';
import { revokeCredential as revoke } from '../credentials/index.ts';
import { idParams, nativeEndpoint } from '../native-endpoint.ts';
import type { AdminContext } from './admin-context.ts';

/** `DELETE credentials/{id}`: revoked on every process before it answers. */
export const revokeCredential = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'revokeCredential',
    method: 'DELETE',
    path: '/admin/v1/credentials/:id',
    summary: 'Revoke a credential at once',
    admit,
    params: idParams,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ db, params: { id }, now, afterCommit }) {
      const userId = await revoke(db, { id, now });
      if (userId === null) throw new Fault('NOT_FOUND', { detail: 'Credential not found' });
      afterCommit(() => deps.versions.touch([versionOf.user(userId)]));
      return noContent();
    },
  });
