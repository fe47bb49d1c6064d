import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import { loadSettings } from '@gatehouse/service';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { givenPasswordSchema } from '../passwords/index.ts';
import { claimCode } from '../two-step/index.ts';
import { type Factor, openSession } from '../user-sessions/index.ts';
import { emailSchema, timeSchema } from '../users/index.ts';
import { codeSchema } from './code-schema.ts';
import { judgeSignIn } from './judge-sign-in.ts';
import { limitGuesses, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';
import { findSignInUser, type SignInUser } from './people-repository.ts';

interface Body {
  readonly email: string;
  readonly password: string;
  readonly code?: string;
}

/** `POST sign-in`. A wrong e-mail and a wrong password are refused alike, and take as long. */
export const signIn = (context: PeopleContext) =>
  nativeEndpoint({
    name: 'signIn',
    method: 'POST',
    path: '/accounts/v1/sign-in',
    summary: 'Sign in; with two-step on, with a code of the authenticator or a recovery code',
    admit: context.anyone,
    body: Joi.object<Body>({ email: emailSchema().required(), password: givenPasswordSchema().required(), code: codeSchema() }),
    replies: { 200: Joi.object({ token: Joi.string().required(), expires_at: timeSchema().required() }) },
    faults: ['SIGN_IN_FAILED', 'TWO_STEP_REQUIRED', 'ACCOUNT_BANNED', 'ACCOUNT_INACTIVE', 'TOO_MANY_REQUESTS'],
    async handle({ request, db, body, now, afterCommit }) {
      const { deps } = context;
      const counts = [
        { policy: POLICIES.signInAccount, key: body.email.toLowerCase() },
        { policy: POLICIES.signInAddress, key: request.caller.network },
      ];
      const { user, session } = await limitGuesses(deps.limits, counts, ['SIGN_IN_FAILED'], async () => {
        const found = await checkPassword(context, db, body);
        return { user: found, session: await enter(context, db, found, body.code, now) };
      });
      request.notes.principal = `user:${user.id}`;
      afterCommit(() => deps.versions.touch([versionOf.user(user.id)]));
      return ok({ token: session.token, expires_at: session.expiresAt });
    },
  });

/** @throws Fault whatever {@link judgeSignIn} refuses with */
async function checkPassword({ passwords }: PeopleContext, db: Database, { email, password, code }: Body): Promise<SignInUser> {
  const user = await findSignInUser(db, email);
  const passwordMatches = await passwords.verify(user?.passwordHash ?? null, password);
  if (user === null) throw new Fault('SIGN_IN_FAILED');
  const verdict = judgeSignIn({ ...user, passwordMatches, hasCode: code !== undefined });
  if (verdict !== 'enter' && verdict !== 'check-code') throw new Fault(verdict);
  return user;
}

/** Uses the code up, if one is needed, and opens the session: both or neither. @throws Fault SIGN_IN_FAILED */
function enter({ deps }: PeopleContext, db: Database, user: SignInUser, code: string | undefined, now: Date) {
  return db.tx(async (tx) => {
    const factors: Factor[] = ['password'];
    const { id, totpSecret } = user;
    if (user.hasTwoStep) {
      const factor = totpSecret === null ? null : await claimCode(tx, deps.vault, { id, totpSecret }, code ?? '', now);
      if (factor === null) throw new Fault('SIGN_IN_FAILED');
      factors.push(factor);
    }
    const { sessionHours } = await loadSettings(tx);
    return openSession(tx, { userId: id, factors, now, hours: sessionHours });
  });
}
