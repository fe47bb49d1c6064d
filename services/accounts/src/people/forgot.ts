import Joi from 'joi';
import { queueMail } from '../mail/index.ts';
import { nativeEndpoint } from '../native-endpoint.ts';
import { emailSchema } from '../users/index.ts';
import { accepted, acceptedSchema } from './accepted.ts';
import { limitCalls, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';

/** `POST forgot`. Whether the e-mail is known is looked up when the mail is sent, so that nothing here depends on it. */
export const forgot = ({ deps, mail, anyone }: PeopleContext) =>
  nativeEndpoint({
    name: 'forgotPassword',
    method: 'POST',
    path: '/accounts/v1/forgot',
    summary: 'Ask for a mail with which to choose a new password',
    admit: anyone,
    body: Joi.object<{ readonly email: string }>({ email: emailSchema().required() }),
    replies: { 202: acceptedSchema },
    faults: ['TOO_MANY_REQUESTS'],
    async handle({ request, db, body: { email }, now, afterCommit }) {
      await limitCalls(deps.limits, POLICIES.forgotAddress, request.caller.network);
      // Beyond the limit there is no mail, and the same answer: nobody can fill another's mailbox.
      const { allowed } = await deps.limits.consume(POLICIES.mailRecipient, email.toLowerCase());
      if (allowed) await queueMail(db, { kind: 'reset_password', email, now });
      afterCommit(async () => mail.wake());
      return accepted();
    },
  });
