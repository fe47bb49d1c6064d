import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import Joi from 'joi';
import { unixSeconds } from '../format.ts';
import { toProfile } from '../member-profile.ts';
import { findBans, findMembersByName, findPrivate, findSessions, setProtection } from '../member-repository.ts';
import { type MemberCall, type Method, memberMethod } from '../method.ts';
import { flag } from '../params.ts';
import { memberSchema, profileSchema } from '../reply-schemas.ts';
import { findMemberScripts, toScript } from '../script-repository.ts';

const PROFILE_EXAMPLE = {
  username: 'ada',
  level: 2,
  fid: 12,
  register_date: 1_767_225_600,
  custom_title: 'Analytical Engines Ltd',
  groups: ['members', 'premium'],
  avatar: 'https://example.com/ada.png',
};

/** The longest name of a user that is asked for. */
export const MAX_USERNAME_LENGTH = 200;

const getMember = memberMethod<{ bans: boolean; history: boolean; scripts: boolean; simple: boolean; private: boolean; hashes: boolean }>({
  name: 'getMember',
  section: 'Member',
  summary:
    'The member whose key it is. `bans` adds the bans of the seller that concern the member, `history` the last 10 Sessions of the key, ' +
    '`scripts` the scripts that are switched on (`simple`: their ids only), `private` what only the member should see, ' +
    '`hashes` the salted hashes. What belongs to a forum (posts, perks) is left out.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({ bans: flag(), history: flag(), scripts: flag(), simple: flag(), private: flag(), hashes: flag() }),
  example: {
    ...PROFILE_EXAMPLE,
    protection: 0,
    discord: '123456789012345678',
    key: { last4: 'Q7ZD', expires_at: '2027-01-01T00:00:00.000Z', is_premium: true },
    session: { directory: 'Engine', started: 1_767_300_000, expire: 1_767_386_400 },
  },
  reply: memberSchema,
  async handle(call, flags) {
    return {
      data: {
        ...describeMember(call),
        ...(flags.bans ? { bans: await listBans(call) } : {}),
        ...(flags.history ? { session_history: await listSessions(call) } : {}),
        ...(flags.scripts ? { scripts: await listScripts(call, flags.simple) } : {}),
        ...(flags.private ? { private: await describePrivate(call) } : {}),
        ...(flags.hashes ? { hashes: describeHashes(call) } : {}),
      },
    };
  },
});

function describeMember({ member, key, session, now }: MemberCall) {
  const { username, level, fid, register_date, custom_title, groups, avatar } = toProfile(member, now);
  return {
    username,
    level,
    protection: member.protection,
    fid,
    register_date,
    custom_title,
    groups,
    avatar,
    discord: key.discordId,
    key: { last4: key.last4, expires_at: key.expiresAt, is_premium: key.isPremium },
    session: { directory: session.directory, started: unixSeconds(session.startedAt), expire: unixSeconds(session.expiresAt) },
  };
}

async function listBans({ db, key, member }: MemberCall) {
  const bans = await findBans(db, { keyId: key.id, ownerId: key.ownerId, memberId: member.id });
  return bans.map(({ type, reason, created_at, expires_at, lifted_at }) => ({
    type,
    reason: reason ?? '',
    date: unixSeconds(created_at),
    expire: expires_at === null ? null : unixSeconds(expires_at),
    lifted: lifted_at === null ? null : unixSeconds(lifted_at),
  }));
}

async function listSessions({ db, key }: MemberCall) {
  const sessions = await findSessions(db, key.id);
  return Object.fromEntries(
    sessions.map(({ id, directory, started_at, expires_at, ended_at }) => [
      String(id),
      {
        directory,
        started: unixSeconds(started_at),
        expire: unixSeconds(expires_at),
        ended: ended_at === null ? null : unixSeconds(ended_at),
      },
    ]),
  );
}

async function listScripts({ db, key, member, now }: MemberCall, idsOnly: boolean) {
  const scripts = await findMemberScripts(db, key.ownerId, member.id);
  return scripts.map((script) => (idsOnly ? String(script.id) : toScript(script, now)));
}

async function describePrivate({ db, member }: MemberCall) {
  const found = await findPrivate(db, member.id);
  return {
    email: found?.email ?? null,
    phone: found?.phone ?? null,
    timezone: found?.timezone ?? 'UTC',
    language: found?.language ?? 'en',
    membership_expires: member.membershipExpiresAt === null ? null : unixSeconds(member.membershipExpiresAt),
    last_login: found?.last_login_at ? unixSeconds(found.last_login_at) : null,
    last_active: member.lastActiveAt === null ? null : unixSeconds(member.lastActiveAt),
  };
}

function describeHashes({ hash }: MemberCall) {
  const hex = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes).toString('hex') : null);
  return { ipv4: hex(hash?.hashV4), ipv6: hex(hash?.hashV6) };
}

const getMemberAsBuddy = memberMethod<{ name: string }>({
  name: 'getMemberAsBuddy',
  section: 'Member',
  summary: 'The public side of another member of the same seller.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({ name: Joi.string().max(MAX_USERNAME_LENGTH).required() }),
  example: PROFILE_EXAMPLE,
  reply: profileSchema,
  faults: ['NOT_FOUND', 'CONFLICT'],
  async handle({ db, key, now }, { name }) {
    const [member, another] = await findMembersByName(db, { ownerId: key.ownerId, username: name });
    if (member === undefined) throw new Fault('NOT_FOUND', { detail: 'member not found' });
    if (another !== undefined) throw new Fault('CONFLICT', { detail: 'more than one member goes by this name' });
    return { data: toProfile(member, now) };
  },
});

const setMemberProtection = memberMethod<{ protection: number }>({
  name: 'setProtection',
  section: 'Member',
  summary: 'Sets the protection level of the member, 0 to 4.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({ protection: Joi.number().integer().min(0).max(4).required() }),
  example: 'protection updated',
  async handle({ deps, db, member, now }, { protection }) {
    await setProtection(db, member.id, protection, now);
    await deps.versions.touch([versionOf.user(member.id)]);
    return { message: 'protection updated' };
  },
});

/** Methods about the member whose key it is. */
export const memberMethods: readonly Method[] = [getMember, getMemberAsBuddy, setMemberProtection];
