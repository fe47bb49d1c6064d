import { Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { loadTwoStep, newTotpSecret, otpauthUrl, sealTotpSecret, setTotpSecret } from '../two-step/index.ts';
import type { PeopleContext } from './people-context.ts';

/** `POST two-step`: a secret for an authenticator. Nothing changes until a code of it confirms it. */
export const startTwoStep = ({ deps, signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'startTwoStep',
    method: 'POST',
    path: '/accounts/v1/two-step',
    summary: 'Get a secret for an authenticator; two-step is on once a code confirms it',
    admit: signedIn,
    replies: { 200: Joi.object({ secret: Joi.string().required(), otpauth_url: Joi.string().required() }) },
    faults: ['CONFLICT'],
    async handle({ db, principal, now }) {
      const user = await loadTwoStep(db, principal.id);
      if (user === null) throw new Fault('BAD_CREDENTIAL');
      const secret = newTotpSecret();
      const isSet = await setTotpSecret(db, user.id, sealTotpSecret(deps.vault, user.id, secret), now);
      if (!isSet) throw new Fault('CONFLICT', { detail: 'Two-step is on already.' });
      return ok({ secret, otpauth_url: otpauthUrl(secret, user.email ?? user.name) });
    },
  });
