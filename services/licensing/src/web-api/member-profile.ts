import type { Membership } from '@gatehouse/db';
import { unixSeconds } from './format.ts';

/** What is told of a member to themself and to the other members of their seller. */
export interface MemberProfile {
  readonly username: string;
  readonly level: number;
  readonly fid: number;
  readonly register_date: number;
  readonly custom_title: string;
  readonly groups: readonly string[];
  readonly avatar: string | null;
}

/** A member as the database has them. */
export interface ProfileSource {
  readonly id: number;
  readonly username: string;
  readonly company: string | null;
  readonly avatar: string | null;
  readonly membership: Membership;
  readonly membershipExpiresAt: Date | null;
  readonly isAdmin: boolean;
  readonly createdAt: Date;
}

const LEVELS: Readonly<Record<Membership, number>> = { free: 1, premium: 2, lifetime: 3 };

/** The public profile of a member. A premium membership past its date is a free one. */
export function toProfile(member: ProfileSource, now: Date): MemberProfile {
  const membership = currentMembership(member, now);
  return {
    username: member.username,
    level: LEVELS[membership],
    fid: member.id,
    register_date: unixSeconds(member.createdAt),
    custom_title: member.company ?? '',
    groups: ['members', ...(membership === 'free' ? [] : [membership]), ...(member.isAdmin ? ['administrators'] : [])],
    avatar: member.avatar,
  };
}

function currentMembership({ membership, membershipExpiresAt }: ProfileSource, now: Date): Membership {
  const hasLapsed = membership === 'premium' && membershipExpiresAt !== null && unixSeconds(membershipExpiresAt) <= unixSeconds(now);
  return hasLapsed ? 'free' : membership;
}
