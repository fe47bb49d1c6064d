/** What is known of a voucher, or of a guest's login, when somebody signs in with it. */
export interface LoginFacts {
  readonly validFrom: Date | null;
  /** Null: not begun, or for always. */
  readonly expiresAt: Date | null;
  /** Null: no limit. */
  readonly uploadLimitBytes: bigint | null;
  readonly downloadLimitBytes: bigint | null;
  /** What was sent and got so far, over all sessions. */
  readonly bytesIn: bigint;
  readonly bytesOut: bigint;
  /** The device that it belongs to; null: none yet, or the site binds none. */
  readonly boundMac: string | null;
  /** Devices on line with it beside the one that asks. */
  readonly otherDevices: number;
  readonly devicesAllowed: number;
}

/** Why a login is refused, as the login log keeps it. */
export type LoginRefusal =
  | 'unknown-login'
  | 'wrong-passcode'
  | 'not-yet-valid'
  | 'run-out'
  | 'data-used-up'
  | 'other-mac'
  | 'too-many-devices';

/**
 * What the guest is told (Reply-Message). An unknown name and a wrong passcode read the same, and the rest is told to those
 * only who know the passcode: nobody learns which names there are.
 */
export const REFUSAL_TEXTS: Readonly<Record<LoginRefusal, string>> = {
  'unknown-login': 'Wrong username or passcode.',
  'wrong-passcode': 'Wrong username or passcode.',
  'not-yet-valid': 'This login is not valid yet.',
  'run-out': 'This login has run out.',
  'data-used-up': 'The data of this login is used up.',
  'other-mac': 'This login belongs to another device.',
  'too-many-devices': 'This login is in use on another device.',
};

/** Judges a login whose passcode is right. @returns null when it may come on line */
export function judgeLogin(facts: LoginFacts, mac: string | null, now: Date): LoginRefusal | null {
  if (facts.validFrom !== null && facts.validFrom > now) return 'not-yet-valid';
  if (facts.expiresAt !== null && facts.expiresAt <= now) return 'run-out';
  if (isUsedUp(facts)) return 'data-used-up';
  if (facts.boundMac !== null && facts.boundMac !== mac) return 'other-mac';
  if (facts.otherDevices >= facts.devicesAllowed) return 'too-many-devices';
  return null;
}

/** Whether one of the limits is reached: each counts in its own direction. */
export function isUsedUp({
  uploadLimitBytes,
  downloadLimitBytes,
  bytesIn,
  bytesOut,
}: Pick<LoginFacts, 'uploadLimitBytes' | 'downloadLimitBytes' | 'bytesIn' | 'bytesOut'>): boolean {
  return (uploadLimitBytes !== null && bytesIn >= uploadLimitBytes) || (downloadLimitBytes !== null && bytesOut >= downloadLimitBytes);
}
