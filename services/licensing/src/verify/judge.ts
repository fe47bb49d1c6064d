import { expiryAfter } from '../keys/new-key.ts';

/** Every answer to "may this program run with this key?" (keys.md). The first two are good. */
export const VERDICTS = [
  'KEY_VALID',
  'KEYLESS',
  'KEY_NOT_FOUND',
  'KEY_INVALIDATED',
  'KEY_EXPIRED',
  'KEY_ALREADY_USED',
  'HWID_REQUIRED',
  'HWID_MISMATCH',
  'HWID_LIMIT_REACHED',
  'HWID_BANNED',
  'SERVICE_MISMATCH',
  'BANNED',
] as const;

/** One of {@link VERDICTS}. */
export type VerdictCode = (typeof VERDICTS)[number];

/** What is known of a licence key when it is judged. */
export interface KeyFacts {
  readonly isInvalidated: boolean;
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
  readonly oneTimeUse: boolean;
  readonly expiryOnFirstUse: boolean;
  readonly validityMinutes: number | null;
  readonly noHwid: boolean;
  /** Null or 0: no limit. */
  readonly hwidLimit: number | null;
  readonly hwidCount: number;
  /** Whether the key is bound to the HWID that was sent. */
  readonly isBound: boolean;
  /** Whether the key fits the service that was asked for. */
  readonly fitsService: boolean;
  /** Whether the key's member is banned, by the platform or by the seller. */
  readonly isMemberBanned: boolean;
}

/** Everything that a verdict depends on, beside the clock. */
export interface JudgeFacts {
  readonly isAddressBanned: boolean;
  readonly isHwidBanned: boolean;
  /** Whether the service in question lets programs run without a key. */
  readonly isKeyless: boolean;
  /** The HWID that was sent. */
  readonly hwid: string | null;
  /** Null: there is no such key. */
  readonly key: KeyFacts | null;
}

/** What a good verdict changes of the key, to be written before the answer goes out. */
export interface KeyUse {
  readonly binds: boolean;
  readonly usedAt: Date;
  readonly expiresAt: Date | null;
}

/** A verdict; `use` is null where nothing changes. */
export interface Verdict {
  readonly code: VerdictCode;
  readonly use: KeyUse | null;
}

/**
 * Judges a licence key. Where several verdicts hold, the first of these wins: what is refused whatever the key (address, machine),
 * what needs no key, whether there is such a key for this program and its member is welcome, the key itself, its machines.
 */
export function judge(facts: JudgeFacts, now: Date): Verdict {
  const code = refusalOf(facts, now);
  if (code !== null) return { code, use: null };
  return { code: 'KEY_VALID', use: facts.key === null ? null : useOf(facts.key, now) };
}

function refusalOf({ isAddressBanned, isHwidBanned, isKeyless, hwid, key }: JudgeFacts, now: Date): VerdictCode | null {
  if (isAddressBanned) return 'BANNED';
  if (isHwidBanned && (isKeyless || key !== null)) return 'HWID_BANNED';
  if (isKeyless) return 'KEYLESS';
  if (key === null) return 'KEY_NOT_FOUND';
  if (!key.fitsService) return 'SERVICE_MISMATCH';
  if (key.isMemberBanned) return 'BANNED';
  if (key.isInvalidated) return 'KEY_INVALIDATED';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'KEY_EXPIRED';
  if (key.oneTimeUse && key.usedAt !== null) return 'KEY_ALREADY_USED';
  return key.noHwid ? null : hwidRefusal(key, hwid);
}

function hwidRefusal({ isBound, hwidLimit, hwidCount }: KeyFacts, hwid: string | null): VerdictCode | null {
  if (hwid === null) return 'HWID_REQUIRED';
  if (isBound || hwidLimit === null || hwidLimit === 0 || hwidCount < hwidLimit) return null;
  // A key for one machine belongs to another; a key for several has no place left.
  return hwidLimit === 1 ? 'HWID_MISMATCH' : 'HWID_LIMIT_REACHED';
}

function useOf({ usedAt, expiresAt, expiryOnFirstUse, validityMinutes, noHwid, isBound }: KeyFacts, now: Date): KeyUse | null {
  const binds = !noHwid && !isBound;
  if (usedAt !== null) return binds ? { binds, usedAt, expiresAt } : null;
  // A date that a seller has set stands; otherwise the key's time begins now.
  const begins = expiryOnFirstUse && expiresAt === null;
  return { binds, usedAt: now, expiresAt: begins ? expiryAfter(now, validityMinutes) : expiresAt };
}

/** Whether a program may run. */
export function isGood(code: VerdictCode): boolean {
  return code === 'KEY_VALID' || code === 'KEYLESS';
}
