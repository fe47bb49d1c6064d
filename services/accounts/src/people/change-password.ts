import { versionOf } from '@gatehouse/auth';
import { badParameter, Fault } from '@gatehouse/faults';
import { noContent } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { givenPasswordSchema, newPasswordSchema } from '../passwords/index.ts';
import { endSessionsOf } from '../user-sessions/index.ts';
import { limitGuesses, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';
import { dropResetTokens, getPasswordHash, replacePassword } from './people-repository.ts';

interface Body {
  readonly current: string;
  readonly new: string;
}

/** `POST password`: ends the other sessions. */
export const changePassword = ({ deps, passwords, signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'changePassword',
    method: 'POST',
    path: '/accounts/v1/password',
    summary: 'Change your password; your other sessions end',
    admit: signedIn,
    body: Joi.object<Body>({ current: givenPasswordSchema().required(), new: newPasswordSchema().required() }),
    replies: { 204: null },
    faults: ['TOO_MANY_REQUESTS', 'CONFLICT'],
    async handle({ db, principal, body, now, afterCommit }) {
      const userId = principal.id;
      const count = { policy: POLICIES.password, key: String(userId) };
      const from = await limitGuesses(deps.limits, [count], ['BAD_PARAMETER'], async () => {
        const hashed = await getPasswordHash(db, userId);
        if (!(await passwords.verify(hashed, body.current))) throw badParameter('current', 'is not your password');
        return hashed;
      });
      const to = await passwords.hash(body.new);
      await db.tx(async (tx) => {
        const isDone = await replacePassword(tx, { userId, from, to, now });
        if (!isDone) throw new Fault('CONFLICT', { detail: 'The password was changed meanwhile.' });
        await endSessionsOf(tx, { userId, exceptId: principal.credentialId, now });
        await dropResetTokens(tx, userId, now);
      });
      afterCommit(() => deps.versions.touch([versionOf.user(userId)]));
      return noContent();
    },
  });
