import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { noContent } from '@gatehouse/http';
import Joi from 'joi';
import { useMailToken } from '../mail/index.ts';
import { nativeEndpoint } from '../native-endpoint.ts';
import { newPasswordSchema } from '../passwords/index.ts';
import { endSessionsOf } from '../user-sessions/index.ts';
import { mailTokenSchema } from './code-schema.ts';
import { limitGuesses, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';
import { setProvedPassword } from './people-repository.ts';

interface Body {
  readonly token: string;
  readonly password: string;
}

/** `POST reset`: a new password with the token of a mail. Ends all sessions, and proves the e-mail. Two-step stays as it is. */
export const reset = ({ deps, passwords, anyone }: PeopleContext) =>
  nativeEndpoint({
    name: 'resetPassword',
    method: 'POST',
    path: '/accounts/v1/reset',
    summary: 'Choose a new password with the token of a mail; your sessions end',
    admit: anyone,
    body: Joi.object<Body>({ token: mailTokenSchema().required(), password: newPasswordSchema().required() }),
    replies: { 204: null },
    faults: ['CODE_INVALID', 'TOO_MANY_REQUESTS'],
    async handle({ request, db, body: { token, password }, now, afterCommit }) {
      const count = { policy: POLICIES.mailTokenAddress, key: request.caller.network };
      const userId = await limitGuesses(deps.limits, [count], ['CODE_INVALID'], async () => {
        const passwordHash = await passwords.hash(password);
        return db.tx(async (tx) => {
          const used = await useMailToken(tx, 'reset_password', token, now);
          if (used === null) throw new Fault('CODE_INVALID');
          await setProvedPassword(tx, used.userId, passwordHash, now);
          await endSessionsOf(tx, { userId: used.userId, now });
          return used.userId;
        });
      });
      request.notes.principal = `user:${userId}`;
      afterCommit(() => deps.versions.touch([versionOf.user(userId)]));
      return noContent();
    },
  });
