import { versionOf } from '@gatehouse/auth';
import { done } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import type { ApiKeyAdmits } from '../api-key.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { deleteKey } from './change-key-repository.ts';
import { keyIdParams, keyNotFound, readKeyName } from './key-name.ts';

/** `DELETE /keys/{keyId}`: deletes a key with its HWIDs and Sessions. */
export function deleteKeyEndpoint(deps: ServiceDeps, { write }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'deleteKey',
    method: 'DELETE',
    path: '/keys/:keyId',
    summary: 'Delete a single key',
    admit: write,
    params: keyIdParams,
    replies: { 200: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, db, afterCommit }) {
      const id = await deleteKey(db, principal.id, readKeyName(params.keyId));
      if (id === null) throw keyNotFound();
      afterCommit(() => deps.versions.touch([versionOf.licence(id)]));
      return done();
    },
  });
}
