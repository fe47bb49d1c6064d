import type { Principal } from '@gatehouse/auth';
import type { LimitPolicy } from '@gatehouse/limits';
import type { EffectiveMembership } from '../membership/effective-membership.ts';

/** A user's plan with the figures that hold for this user: the user's own where there are any, else the plan's. */
export interface PlanFigures {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly canListUsers: boolean;
}

/** What `me.php` tells of a user. Remembered with the token under the version `user:{id}`. */
export interface Account {
  readonly name: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly phone: string | null;
  /** As stored; the readers judge by the clock. */
  readonly membership: EffectiveMembership;
  readonly membershipExpiresAt: Date | null;
  readonly credits: number;
  readonly timezone: string;
  readonly language: string;
  readonly avatar: string | null;
  readonly bio: string | null;
  readonly website: string | null;
  readonly verifiedAt: Date | null;
  readonly createdAt: Date;
  readonly isActive: boolean;
  readonly banned: boolean;
  readonly plan: PlanFigures;
}

/** The holder of a phpstrap token. */
export type TokenHolder = Principal<Account>;

/** The limit of a token: counted by user, so that a new token is not a new allowance. */
export function planPolicy({ limit, windowSeconds }: PlanFigures): LimitPolicy {
  return { name: 'phpstrap', limit, windowSeconds };
}
