import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { confirmTotpSecret, findTotpStep, loadTwoStep, openTotpSecret, renewRecoveryCodes } from '../two-step/index.ts';
import { codeSchema } from './code-schema.ts';
import { limitGuesses, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';

/** `POST two-step/confirm`: turns two-step on. Sessions keep the factors they were made with: this one has not passed two-step. */
export const confirmTwoStep = (context: PeopleContext) =>
  nativeEndpoint({
    name: 'confirmTwoStep',
    method: 'POST',
    path: '/accounts/v1/two-step/confirm',
    summary: 'Turn two-step on with a code of the authenticator',
    admit: context.signedIn,
    body: Joi.object<{ readonly code: string }>({ code: codeSchema().required() }),
    replies: { 200: Joi.object({ recovery_codes: Joi.array().items(Joi.string()).length(8).required() }) },
    faults: ['CODE_INVALID', 'CONFLICT', 'TOO_MANY_REQUESTS'],
    async handle({ db, principal, body: { code }, now, afterCommit }) {
      const { limits, versions } = context.deps;
      const count = { policy: POLICIES.twoStep, key: String(principal.id) };
      const codes = await limitGuesses(limits, [count], ['CODE_INVALID'], () =>
        db.tx((tx) => confirm(context, tx, principal.id, code, now)),
      );
      afterCommit(() => versions.touch([versionOf.user(principal.id)]));
      return ok({ recovery_codes: codes });
    },
  });

/** @throws Fault CONFLICT, CODE_INVALID */
async function confirm({ deps }: PeopleContext, tx: Database, userId: number, code: string, now: Date): Promise<string[]> {
  const user = await loadTwoStep(tx, userId);
  const sealed = user?.totpSecret ?? null;
  if (user?.isOn) throw new Fault('CONFLICT', { detail: 'Two-step is on already.' });
  if (sealed === null) throw new Fault('CONFLICT', { detail: 'There is no secret to confirm: ask for one first.' });
  const step = findTotpStep(openTotpSecret(deps.vault, { id: userId, totpSecret: sealed }), code.replace(/\s/g, ''), now);
  if (step === null) throw new Fault('CODE_INVALID');
  if (!(await confirmTotpSecret(tx, { id: userId, sealed, step }, now)))
    throw new Fault('CONFLICT', { detail: 'The secret was changed meanwhile.' });
  return renewRecoveryCodes(tx, userId, now);
}
