import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { done } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { idParams } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { clearMemberHash } from '../web-api/member-hash.ts';
import { admitSession, requireLive } from './session-holder.ts';
import { endSession } from './session-repository.ts';

/** `DELETE /sessions/{id}`: the program has stopped; its token is worth nothing from here on. */
export function endSessionEndpoint(deps: ServiceDeps) {
  return licensingEndpoint({
    name: 'endSession',
    method: 'DELETE',
    path: '/sessions/:id',
    summary: 'End a Session',
    admit: admitSession(deps),
    params: idParams,
    replies: { 200: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, now, db, afterCommit }) {
      const { id, keyId } = requireLive(principal, params.id, now);
      const memberId = await db.sqlTx(async (tx) => {
        if (!(await endSession(tx, id, now))) throw new Fault('BAD_CREDENTIAL', { detail: 'The Session has ended.' });
        return clearMemberHash(tx, { sessionId: id, now });
      });
      afterCommit(() => deps.versions.touch([versionOf.licence(keyId), ...(memberId === null ? [] : [versionOf.user(memberId)])]));
      return done();
    },
  });
}
