import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { newPasswordSchema } from '../passwords/index.ts';
import { emailSchema, nameSchema } from '../users/index.ts';
import { accepted, acceptedSchema } from './accepted.ts';
import { limitCalls, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';
import { registerPerson } from './people-repository.ts';

interface Body {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** `POST register`. The answer is the same whether the e-mail is known or not; its owner learns the rest by mail. */
export const register = ({ deps, passwords, mail, anyone }: PeopleContext) =>
  nativeEndpoint({
    name: 'register',
    method: 'POST',
    path: '/accounts/v1/register',
    summary: 'Make an account; a mail follows',
    admit: anyone,
    body: Joi.object<Body>({
      email: emailSchema().required(),
      name: nameSchema().required(),
      password: newPasswordSchema().required(),
    }),
    replies: { 202: acceptedSchema },
    faults: ['TOO_MANY_REQUESTS'],
    async handle({ request, db, body: { email, name, password }, now, afterCommit }) {
      await limitCalls(deps.limits, POLICIES.registerAddress, request.caller.network);
      const { allowed: mayNotify } = await deps.limits.consume(POLICIES.mailRecipient, email.toLowerCase());
      const passwordHash = await passwords.hash(password);
      await registerPerson(db, { email, name, passwordHash, mayNotify, now });
      afterCommit(async () => mail.wake());
      return accepted();
    },
  });
