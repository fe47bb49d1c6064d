import { versionOf } from '@gatehouse/auth';
import { ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { resetHwids } from './change-key-repository.ts';
import { keyIdParams, keyNotFound, readKeyName } from './key-name.ts';

/** `POST /keys/{keyId}/reset-hwid`: unbinds a key from all machines. */
export function resetHwidsEndpoint(deps: ServiceDeps, { write }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'resetHwids',
    method: 'POST',
    path: '/keys/:keyId/reset-hwid',
    summary: 'Reset all HWIDs for a key',
    admit: write,
    params: keyIdParams,
    replies: { 200: Joi.object({ reset: Joi.number().integer().required() }) },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, db, afterCommit }) {
      const reset = await resetHwids(db, principal.id, readKeyName(params.keyId));
      if (reset === null) throw keyNotFound();
      afterCommit(() => deps.versions.touch([versionOf.licence(reset.id)]));
      return ok({ reset: reset.count });
    },
  });
}
