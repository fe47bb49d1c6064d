import { versionOf } from '@gatehouse/auth';
import { ok } from '@gatehouse/http';
import { idParams, nativeEndpoint } from '../native-endpoint.ts';
import { endSessionsOf } from '../user-sessions/index.ts';
import { updateUser } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { toColumns, toUserBody, userBodySchema, userMembersSchema } from './user-members.ts';

/** `PATCH users/{id}`. What it takes away is felt everywhere before it answers. A new password ends the user's sessions. */
export const patchUser = ({ admit, deps, passwords }: AdminContext) =>
  nativeEndpoint({
    name: 'patchUser',
    method: 'PATCH',
    path: '/admin/v1/users/:id',
    summary: 'Change a user; members that are left out stay as they are',
    admit,
    params: idParams,
    body: userMembersSchema,
    replies: { 200: userBodySchema },
    faults: ['NOT_FOUND', 'CONFLICT'],
    async handle({ db, params: { id }, body: { password, ...members }, now, afterCommit }) {
      const passwordHash = password === undefined ? undefined : await passwords.hash(password);
      const user = await db.tx(async (tx) => {
        if (passwordHash !== undefined) await endSessionsOf(tx, { userId: id, now });
        return updateUser(tx, id, { ...toColumns(members), ...(passwordHash === undefined ? {} : { passwordHash }) }, now);
      });
      afterCommit(() => deps.versions.touch([versionOf.user(id)]));
      return ok(toUserBody(user));
    },
  });
