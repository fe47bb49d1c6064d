import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { noContent } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { claimCode, clearTwoStep, loadTwoStep } from '../two-step/index.ts';
import { codeSchema } from './code-schema.ts';
import { limitGuesses, POLICIES } from './limit-guesses.ts';
import type { PeopleContext } from './people-context.ts';

/** `DELETE two-step`: off, with a code. Sessions that had passed it have not any more. */
export const endTwoStep = ({ deps, signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'endTwoStep',
    method: 'DELETE',
    path: '/accounts/v1/two-step',
    summary: 'Turn two-step off with a code of the authenticator or a recovery code',
    admit: signedIn,
    body: Joi.object<{ readonly code: string }>({ code: codeSchema().required() }),
    replies: { 204: null },
    faults: ['CODE_INVALID', 'CONFLICT', 'TOO_MANY_REQUESTS'],
    async handle({ db, principal: { id }, body: { code }, now, afterCommit }) {
      const count = { policy: POLICIES.twoStep, key: String(id) };
      await limitGuesses(deps.limits, [count], ['CODE_INVALID'], () =>
        db.tx(async (tx) => {
          const user = await loadTwoStep(tx, id);
          if (!user?.isOn || user.totpSecret === null) throw new Fault('CONFLICT', { detail: 'Two-step is off.' });
          const factor = await claimCode(tx, deps.vault, { id, totpSecret: user.totpSecret }, code, now);
          if (factor === null) throw new Fault('CODE_INVALID');
          await clearTwoStep(tx, id, now);
        }),
      );
      afterCommit(() => deps.versions.touch([versionOf.user(id)]));
      return noContent();
    },
  });
