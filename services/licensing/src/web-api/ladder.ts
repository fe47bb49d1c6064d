import type { FaultCode } from '@gatehouse/faults';

/** What the ladder judges by. Loaded by `loadFacts`; no rung asks for more. */
export interface LadderFacts {
  readonly addressBanned: boolean;
  /** `missing`: none was sent. `unknown`: malformed, or nobody's. */
  readonly key: 'missing' | 'unknown' | KeyFacts;
  /** Null: there is no such command. */
  readonly command: CommandFacts | null;
  /** Null: the key has no member. */
  readonly member: MemberFacts | null;
  /** When the live Session of the key runs out; null: none was left open. */
  readonly sessionExpiresAt: Date | null;
  /** Whether the salted hash of the member was made of the caller's address. */
  readonly hashMatches: boolean;
}

/** The licence key as far as the ladder goes. */
export interface KeyFacts {
  readonly expiresAt: Date | null;
  readonly isInvalidated: boolean;
  readonly isSecret: boolean;
}

/** The command as far as the ladder goes. */
export interface CommandFacts {
  /** `none`: works without a key. `secret`: needs a secret one. */
  readonly access: 'none' | 'member' | 'secret';
}

/** The member as far as the ladder goes. */
export interface MemberFacts {
  readonly isActive: boolean;
  readonly banned: boolean;
  readonly bannedBySeller: boolean;
  /** The privilege, withdrawn by an operator or by the seller. */
  readonly webApiRevoked: boolean;
  readonly twoStepOn: boolean;
  /** The last sign-in or use of a token in the accounts service. */
  readonly lastActiveAt: Date | null;
}

/** One check: the fault that ends the call, or null to go on. */
export interface Rung {
  readonly name: string;
  /** Whether a command that works without a key climbs it too. */
  readonly forAll: boolean;
  check(facts: LadderFacts, now: Date): FaultCode | null;
}

/** 72 hours without activity of the account close the Web API (documents/web-api.txt, *Restrictions*). */
export const DORMANT_AFTER_MS = 72 * 3_600_000;

/**
 * Rungs 1 to 9 of web-api.md, in the order in which they are told. The tenth, the parameters, is the method's own schema.
 */
export const LADDER: readonly Rung[] = [
  { name: 'address is not banned', forAll: true, check: ({ addressBanned }) => (addressBanned ? 'ADDRESS_BANNED' : null) },
  { name: 'key is good', forAll: false, check: checkKey },
  { name: 'command is known', forAll: true, check: ({ command }) => (command === null ? 'UNKNOWN_ROUTE' : null) },
  { name: 'member is welcome', forAll: false, check: ({ member }) => (isWelcome(member) ? null : 'AUTHORIZATION_DENIED') },
  { name: 'two-step is on', forAll: false, check: ({ member }) => (member?.twoStepOn ? null : 'TWO_STEP_OFF') },
  { name: 'account is active', forAll: false, check: checkActivity },
  { name: 'Session is live', forAll: false, check: checkSession },
  { name: 'hash matches', forAll: false, check: ({ hashMatches }) => (hashMatches ? null : 'HASH_MISMATCH') },
  { name: 'key may call the method', forAll: false, check: checkAccess },
];

/**
 * Climbs the ladder.
 * @returns the fault of the first rung that does not hold, or null
 */
export function climbLadder(facts: LadderFacts, now: Date): FaultCode | null {
  const keyless = facts.command?.access === 'none';
  for (const rung of LADDER) {
    const fault = keyless && !rung.forAll ? null : rung.check(facts, now);
    if (fault !== null) return fault;
  }
  return null;
}

function checkKey({ key }: LadderFacts, now: Date): FaultCode | null {
  if (key === 'missing') return 'NO_CREDENTIAL';
  if (key === 'unknown' || key.isInvalidated) return 'BAD_CREDENTIAL';
  return key.expiresAt !== null && key.expiresAt <= now ? 'BAD_CREDENTIAL' : null;
}

function isWelcome(member: MemberFacts | null): boolean {
  return member?.isActive === true && !member.banned && !member.bannedBySeller && !member.webApiRevoked;
}

function checkActivity({ member }: LadderFacts, now: Date): FaultCode | null {
  const lastActiveAt = member?.lastActiveAt ?? null;
  return lastActiveAt !== null && now.getTime() - lastActiveAt.getTime() < DORMANT_AFTER_MS ? null : 'ACCOUNT_DORMANT';
}

function checkSession({ sessionExpiresAt }: LadderFacts, now: Date): FaultCode | null {
  return sessionExpiresAt !== null && sessionExpiresAt > now ? null : 'NO_LIVE_SESSION';
}

function checkAccess({ command, key }: LadderFacts): FaultCode | null {
  const isSecret = typeof key === 'object' && key.isSecret;
  return command?.access === 'secret' && !isSecret ? 'NOT_ALLOWED' : null;
}
