import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { noContent } from '@gatehouse/http';
import Joi from 'joi';
import { useMailToken } from '../mail/index.ts';
import { nativeEndpoint } from '../native-endpoint.ts';
import { mailTokenSchema } from './code-schema.ts';
import { limitGuesses, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';
import { setVerified } from './people-repository.ts';

/** `POST verify-email`. */
export const verifyEmail = ({ deps, anyone }: PeopleContext) =>
  nativeEndpoint({
    name: 'verifyEmail',
    method: 'POST',
    path: '/accounts/v1/verify-email',
    summary: 'Prove that the e-mail is yours with the token of a mail',
    admit: anyone,
    body: Joi.object<{ readonly token: string }>({ token: mailTokenSchema().required() }),
    replies: { 204: null },
    faults: ['CODE_INVALID', 'TOO_MANY_REQUESTS'],
    async handle({ request, db, body: { token }, now, afterCommit }) {
      const count = { policy: POLICIES.mailTokenAddress, key: request.caller.network };
      const userId = await limitGuesses(deps.limits, [count], ['CODE_INVALID'], () =>
        db.tx(async (tx) => {
          const used = await useMailToken(tx, 'verify_email', token, now);
          if (used === null) throw new Fault('CODE_INVALID');
          await setVerified(tx, used.userId, now);
          return used.userId;
        }),
      );
      request.notes.principal = `user:${userId}`;
      afterCommit(() => deps.versions.touch([versionOf.user(userId)]));
      return noContent();
    },
  });
