import { hashToken, newToken, versionOf } from '@gatehouse/auth';
import type { Sql } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { created, type ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { timeReplySchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import type { AnswerKey } from '../verify/answer.ts';
import { answerKeySchema } from '../verify/answer-schema.ts';
import type { VerdictCode } from '../verify/judge.ts';
import { admitLicenceHolder, toQuestion, verifyBodySchema } from '../verify/licence-holder.ts';
import type { KeyVerifier, Verification } from '../verify/verify-key.ts';
import type { VerifiedKey, VerifyQuestion } from '../verify/verify-repository.ts';
import { setMemberHash } from '../web-api/member-hash.ts';
import { sessionEnd } from './session-life.ts';
import { openSession } from './session-repository.ts';

/** `POST /sessions`: verifies a key and opens a Session of it, or refuses with the verdict. */
export function openSessionEndpoint(deps: ServiceDeps, verifier: KeyVerifier) {
  return licensingEndpoint({
    name: 'openSession',
    method: 'POST',
    path: '/sessions',
    summary: 'Open a Session with a licence key',
    admit: admitLicenceHolder,
    body: verifyBodySchema,
    replies: {
      201: Joi.object({
        session: Joi.object({
          id: Joi.number().integer().required(),
          token: Joi.string().required(),
          started_at: timeReplySchema().required(),
          expires_at: timeReplySchema().required(),
        }).required(),
        key: answerKeySchema.required(),
      }),
    },
    faults: ['KEY_REFUSED', 'TOO_MANY_REQUESTS', 'IDEMPOTENCY_MISMATCH'],
    async handle({ request, body, db, afterCommit }) {
      const question = toQuestion(body);
      // The use of the key and the Session are one: neither is without the other.
      const outcome = await db.sqlTx(async (tx) => {
        const verification = await verifier.verify(tx, question, request, { withKeyless: false });
        return open(tx, question, verification, request);
      });
      if ('refusal' in outcome) throw new Fault('KEY_REFUSED', { reason: outcome.refusal });
      const { memberId } = outcome;
      if (memberId !== null) afterCommit(() => deps.versions.touch([versionOf.user(memberId)]));
      return created({ session: outcome.session, key: outcome.key });
    },
  });
}

type Outcome =
  | { readonly refusal: VerdictCode }
  | { readonly session: OpenedSession; readonly key: AnswerKey | undefined; readonly memberId: number | null };

interface OpenedSession {
  readonly id: number;
  readonly token: string;
  readonly started_at: string;
  readonly expires_at: string;
}

async function open(tx: Sql, question: VerifyQuestion, { answer, key, useId }: Verification, request: ServiceRequest): Promise<Outcome> {
  if (answer.code !== 'KEY_VALID' || key === null) return { refusal: answer.code };
  const token = newToken('ks_');
  const { now, caller } = request;
  const expiresAt = sessionEnd(now);
  const session = await openOf(key, useId, (id) =>
    openSession(tx, {
      keyId: key.id,
      ownerId: key.ownerId,
      serviceId: question.serviceId ?? key.serviceId,
      hwid: question.hwid,
      tokenHash: hashToken(token),
      useId: id,
      network: caller.network,
      now,
      expiresAt,
    }),
  );
  if (session === null) return { refusal: 'KEY_ALREADY_USED' };
  if (key.memberId !== null) await setMemberHash(tx, { memberId: key.memberId, sessionId: session.id, address: caller.network, now });
  return {
    session: { id: session.id, token, started_at: session.startedAt.toISOString(), expires_at: expiresAt.toISOString() },
    key: answer.key,
    memberId: key.memberId,
  };
}

/** A use whose Session has ended opens no second one for a one-time key; any other key may start anew. */
async function openOf<Session>(key: VerifiedKey, useId: number | null, openWith: (useId: number | null) => Promise<Session | null>) {
  return (await openWith(useId)) ?? (key.oneTimeUse ? null : openWith(null));
}
