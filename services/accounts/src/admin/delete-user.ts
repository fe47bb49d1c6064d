import { versionOf } from '@gatehouse/auth';
import { noContent } from '@gatehouse/http';
import { idParams, nativeEndpoint } from '../native-endpoint.ts';
import { deleteUser as removeUser } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';

/** `DELETE users/{id}`: with their keys, credentials and sessions. The audit log stays. */
export const deleteUser = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'deleteUser',
    method: 'DELETE',
    path: '/admin/v1/users/:id',
    summary: 'Delete a user and everything that is theirs',
    admit,
    params: idParams,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ db, params: { id }, afterCommit }) {
      await removeUser(db, id);
      afterCommit(() => deps.versions.touch([versionOf.user(id)]));
      return noContent();
    },
  });
