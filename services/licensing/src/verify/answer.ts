import { isoTime } from '../fields.ts';
import { isGood, type VerdictCode } from './judge.ts';
import type { VerifiedKey, VerifyQuestion } from './verify-repository.ts';

/** What a program is told of its key. */
export interface AnswerKey {
  readonly [name: string]: number | string | boolean | null;
  readonly id: number;
  readonly expires_at: string | null;
  readonly is_premium: boolean;
  readonly service_id: number | null;
  readonly key_name: string | null;
}

/** An answer before it is signed. */
export interface UnsignedAnswer {
  readonly [name: string]: boolean | number | string | null | AnswerKey;
  readonly valid: boolean;
  readonly code: VerdictCode;
  /** Left out where the verdict is not about the key itself. */
  readonly key?: AnswerKey;
  readonly hwid: string | null;
  readonly nonce: string | null;
  /** The service that was asked for: without it, an answer of a keyless program would do for any other. */
  readonly service_id: number | null;
  readonly checked_at: string;
  /** Until when a program may work without asking again; null when it may not work at all. */
  readonly offline_until: string | null;
}

/** The answer of `POST /keys/verify`. */
export type VerifyAnswer = UnsignedAnswer & { readonly kid: string; readonly signature: string };

/** 72 hours (keys.md). */
const OFFLINE_MS = 259_200_000;

/** Verdicts that speak of the key itself. The others tell a stranger nothing of it. */
const TELLING: ReadonlySet<VerdictCode> = new Set([
  'KEY_VALID',
  'KEY_INVALIDATED',
  'KEY_EXPIRED',
  'KEY_ALREADY_USED',
  'HWID_REQUIRED',
  'HWID_MISMATCH',
  'HWID_LIMIT_REACHED',
]);

/**
 * Puts a verdict into words.
 * @param expiresAt when the key expires once the verdict is written down
 */
export function composeAnswer(
  question: VerifyQuestion,
  { code, key, expiresAt }: { readonly code: VerdictCode; readonly key: VerifiedKey | null; readonly expiresAt: Date | null },
  now: Date,
): UnsignedAnswer {
  const told = key === null || !TELLING.has(code) ? {} : { key: tellKey(key, expiresAt) };
  return Object.assign({ valid: isGood(code), code }, told, {
    hwid: question.hwid,
    nonce: question.nonce,
    service_id: question.serviceId,
    checked_at: now.toISOString(),
    offline_until: isGood(code) ? offlineUntil(code === 'KEY_VALID' ? expiresAt : null, now).toISOString() : null,
  });
}

/** An answer that was kept, its members in the order in which they were told: the database (jsonb) keeps none. */
export function restoreAnswer({
  valid,
  code,
  key,
  hwid,
  nonce,
  service_id,
  checked_at,
  offline_until,
  kid,
  signature,
}: VerifyAnswer): VerifyAnswer {
  const told = key === undefined ? {} : { key: restoreKey(key) };
  return { valid, code, ...told, hwid, nonce, service_id, checked_at, offline_until, kid, signature };
}

function restoreKey({ id, expires_at, is_premium, service_id, key_name }: AnswerKey): AnswerKey {
  return { id, expires_at, is_premium, service_id, key_name };
}

function tellKey(key: VerifiedKey, expiresAt: Date | null): AnswerKey {
  return { id: key.id, expires_at: isoTime(expiresAt), is_premium: key.isPremium, service_id: key.serviceId, key_name: key.keyName };
}

function offlineUntil(expiresAt: Date | null, now: Date): Date {
  const longest = new Date(now.getTime() + OFFLINE_MS);
  return expiresAt !== null && expiresAt < longest ? expiresAt : longest;
}
