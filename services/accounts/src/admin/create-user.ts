import { badParameter } from '@gatehouse/faults';
import { created } from '@gatehouse/http';
import { nativeEndpoint } from '../native-endpoint.ts';
import { insertUser } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { newUserMembersSchema, toColumns, toUserBody, userBodySchema } from './user-members.ts';

/** `POST users`. */
export const createUser = ({ admit, passwords }: AdminContext) =>
  nativeEndpoint({
    name: 'createUser',
    method: 'POST',
    path: '/admin/v1/users',
    summary: 'Make a user',
    admit,
    body: newUserMembersSchema,
    replies: { 201: userBodySchema },
    faults: ['CONFLICT'],
    async handle({ db, body: { password, ...members }, now }) {
      if (password !== undefined && typeof members.email !== 'string') throw badParameter('email', 'is required with a password');
      const passwordHash = password === undefined ? null : await passwords.hash(password);
      const user = await insertUser(db, { ...toColumns(members), name: members.name, passwordHash }, now);
      return created(toUserBody(user));
    },
  });
