import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { idParams, timeReplySchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import type { VerdictCode } from '../verify/judge.ts';
import { isBanned } from '../web-api/address-bans.ts';
import { addMemberHash } from '../web-api/member-hash.ts';
import { admitSession, requireLive } from './session-holder.ts';
import { sessionEnd } from './session-life.ts';
import { prolongSession, type SessionRecord } from './session-repository.ts';

/** `POST /sessions/{id}/heartbeat`: the program is still at work, and its key still good. */
export function heartbeatEndpoint(deps: ServiceDeps) {
  return licensingEndpoint({
    name: 'heartbeat',
    method: 'POST',
    path: '/sessions/:id/heartbeat',
    summary: 'Keep a Session alive for another 24 hours',
    admit: admitSession(deps),
    params: idParams,
    replies: {
      200: Joi.object({
        session: Joi.object({
          id: Joi.number().integer().required(),
          started_at: timeReplySchema().required(),
          expires_at: timeReplySchema().required(),
        }).required(),
      }),
    },
    faults: ['KEY_REFUSED', 'NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ request, principal, params, now, db, afterCommit }) {
      const session = requireLive(principal, params.id, now);
      const refusal = (await isBanned(db, request.caller.network, now)) ? 'BANNED' : refusalOf(session, now);
      if (refusal !== null) throw new Fault('KEY_REFUSED', { reason: refusal });
      const expiresAt = sessionEnd(now);
      if (!(await prolongSession(db, session.id, { now, expiresAt })))
        throw new Fault('BAD_CREDENTIAL', { detail: 'The Session has ended.' });
      const memberId =
        session.memberId === null ? null : await addMemberHash(db, { sessionId: session.id, address: request.caller.network, now });
      if (memberId !== null) afterCommit(() => deps.versions.touch([versionOf.user(memberId)]));
      return ok({ session: { id: session.id, started_at: session.startedAt.toISOString(), expires_at: expiresAt.toISOString() } });
    },
  });
}

/** Why a Session may not go on; its HWID and its one use were settled when it was opened. */
function refusalOf(session: SessionRecord, now: Date): VerdictCode | null {
  if (session.isHwidBanned) return 'HWID_BANNED';
  if (session.isMemberBanned) return 'BANNED';
  if (session.isKeyInvalidated) return 'KEY_INVALIDATED';
  return session.keyExpiresAt !== null && session.keyExpiresAt <= now ? 'KEY_EXPIRED' : null;
}
