import { last4 } from '@gatehouse/auth';
import type { Sql } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { KEY_VALUE } from '../keys/key-name.ts';
import { composeAnswer, restoreAnswer, type VerifyAnswer } from './answer.ts';
import { judge } from './judge.ts';
import type { Signer } from './signer.ts';
import { createVerifyRepository, type VerifiedKey, type VerifyQuestion } from './verify-repository.ts';

/** Verifies keys for programs and for Sessions. */
export interface KeyVerifier {
  /**
   * Judges a key, writes what the verdict changes, and signs the answer.
   * @param options.withKeyless whether a service may do without a key; a Session cannot
   * @throws Fault TOO_MANY_REQUESTS to an address that tries too many unknown keys
   */
  verify(db: Sql, question: VerifyQuestion, request: ServiceRequest, options: { readonly withKeyless: boolean }): Promise<Verification>;
}

/** An answer and what stands behind it. */
export interface Verification {
  readonly answer: VerifyAnswer;
  readonly key: VerifiedKey | null;
  /** The row of `verify_uses`, when the question had a nonce. */
  readonly useId: number | null;
}

/** Unknown keys an address may try in ten minutes (keys.md). Known ones are not counted. */
export const UNKNOWN_KEYS = { name: 'unknown-licence-keys', limit: 100, windowSeconds: 600 } as const;

const ATTEMPTS_AT_MOST = 20;

/** Makes the verifier of a process. */
export function createKeyVerifier(deps: ServiceDeps, signer: Signer): KeyVerifier {
  const { loadFacts, recordUse } = createVerifyRepository(deps.db);

  async function attempt(
    db: Sql,
    question: VerifyQuestion,
    network: string,
    now: Date,
    withKeyless: boolean,
  ): Promise<Verification | null> {
    const loaded = await loadFacts(db, { network, now, ...question });
    const facts = withKeyless ? loaded : { ...loaded, isKeyless: false };
    const { key, earlier, kid } = facts;
    if (earlier !== null && !facts.isAddressBanned) return { answer: restoreAnswer(earlier.answer), key, useId: earlier.useId };
    const { code, use } = judge(facts, now);
    const expiresAt = use === null ? (key?.expiresAt ?? null) : use.expiresAt;
    const answer = await signer.sign(db, kid, composeAnswer(question, { code, key, expiresAt }, now));
    if (key === null || code === 'KEYLESS' || code === 'BANNED') return { answer, key, useId: null };
    const written = await recordUse(db, { question, key, use, answer, now });
    return written === null ? null : { answer, key, useId: written.useId };
  }

  return {
    async verify(db, question, request, { withKeyless }) {
      const { caller, now, notes } = request;
      if (KEY_VALUE.test(question.key)) notes.last4 = last4(question.key);
      for (let attempts = 0; attempts < ATTEMPTS_AT_MOST; attempts += 1) {
        const verification = await attempt(db, question, caller.network, now, withKeyless);
        if (verification === null) continue;
        notes.outcome = verification.answer.code;
        if (verification.key !== null) notes.ownerId = verification.key.ownerId;
        if (verification.answer.code === 'KEY_NOT_FOUND') await countUnknownKey(deps, caller.network);
        return verification;
      }
      throw new Fault('OVERLOADED', { internal: 'a licence key kept changing while it was judged' });
    },
  };
}

async function countUnknownKey({ limits }: ServiceDeps, network: string): Promise<void> {
  const { allowed, retryAfterSeconds } = await limits.consume(UNKNOWN_KEYS, network);
  if (!allowed) throw new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds });
}
