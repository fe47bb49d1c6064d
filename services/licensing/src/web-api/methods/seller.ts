import { versionOf } from '@gatehouse/auth';
import { badParameter, Fault } from '@gatehouse/faults';
import Joi from 'joi';
import { unixSeconds } from '../format.ts';
import { findMembersByName } from '../member-repository.ts';
import { type MemberCall, type Method, memberMethod } from '../method.ts';
import { attemptSchema } from '../reply-schemas.ts';
import { banMember, findAttempts, grantApi, revokeApi, unbanMember } from '../seller-repository.ts';
import { MAX_USERNAME_LENGTH } from './member.ts';

const MAX_REASON_LENGTH = 500;
const MAX_ATTEMPTS = 200;
const DEFAULT_ATTEMPTS = 50;
const SECTION = 'For sellers, with a secret key';
const username = Joi.string().max(MAX_USERNAME_LENGTH).required();
const reason = Joi.string().allow('').max(MAX_REASON_LENGTH);

/** What the four methods that steer a member have in common. */
function steeringMethod(definition: {
  readonly name: string;
  readonly summary: string;
  readonly message: string;
  readonly params: Joi.ObjectSchema<{ username: string; reason?: string }>;
  /** Whether it may be turned against the caller themself, whom nobody could let in again. */
  readonly shutsOut: boolean;
  steer(call: MemberCall, member: { sellerId: number; memberId: number; now: Date }, reason: string | null): Promise<void>;
}): Method {
  const { name, summary, message, params, shutsOut, steer } = definition;
  return memberMethod({
    name,
    section: SECTION,
    summary,
    access: 'secret',
    verb: 'GET',
    kind: 'action',
    params,
    example: message,
    faults: ['NOT_FOUND', 'CONFLICT'],
    async handle(call, given) {
      const memberId = await findOwnMember(call, given.username);
      if (shutsOut && memberId === call.member.id) throw badParameter('username', 'is the caller');
      await steer(call, { sellerId: call.key.ownerId, memberId, now: call.now }, given.reason || null);
      await call.deps.versions.touch([versionOf.user(memberId)]);
      return { message };
    },
  });
}

/** @throws Fault NOT_FOUND for whoever is not a member of the caller's seller, CONFLICT when the name is not enough */
async function findOwnMember({ db, key }: MemberCall, name: string): Promise<number> {
  const [member, another] = await findMembersByName(db, { ownerId: key.ownerId, username: name, formerToo: true });
  if (member === undefined) throw new Fault('NOT_FOUND', { detail: 'member not found' });
  if (another !== undefined) throw new Fault('CONFLICT', { detail: 'more than one member goes by this name' });
  return member.id;
}

const banMemberMethod = steeringMethod({
  name: 'banMember',
  summary: 'Refuses a member of the seller and ends the Sessions of their keys.',
  message: 'member banned',
  params: Joi.object({ username, reason }),
  shutsOut: true,
  steer: ({ db }, member, why) => banMember(db, { ...member, reason: why }),
});

const unbanMemberMethod = steeringMethod({
  name: 'unbanMember',
  summary: 'Lets a banned member in again.',
  message: 'member unbanned',
  params: Joi.object({ username, reason }),
  shutsOut: false,
  steer: ({ db }, member) => unbanMember(db, member),
});

const revokeApiMethod = steeringMethod({
  name: 'revokeApi',
  summary: 'Withdraws the Web API from a member of the seller; their keys stay good.',
  message: 'api revoked',
  params: Joi.object({ username }),
  shutsOut: true,
  steer: ({ db }, member) => revokeApi(db, member),
});

const grantApiMethod = steeringMethod({
  name: 'grantApi',
  summary: 'Gives the Web API back to a member of the seller.',
  message: 'api granted',
  params: Joi.object({ username }),
  shutsOut: false,
  steer: ({ db }, member) => grantApi(db, member),
});

const listAttempts = memberMethod<{ count: number }>({
  name: 'listAttempts',
  section: SECTION,
  summary: "The last calls of the Web API with the seller's keys, refused ones too, newest first; of a key the last four characters.",
  access: 'secret',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({ count: Joi.number().integer().min(1).max(MAX_ATTEMPTS).default(DEFAULT_ATTEMPTS) }),
  example: [{ time: 1_767_225_600, username: 'ada', command: 'getMember', key: 'Q7ZD', address: '203.0.113.7', code: 200, outcome: 'OK' }],
  reply: Joi.array().items(attemptSchema),
  async handle({ db, key }, { count }) {
    const attempts = await findAttempts(db, key.ownerId, count);
    return {
      data: attempts.map(({ at, username: name, endpoint, key_last4, address, status, outcome }) => ({
        time: unixSeconds(at),
        username: name,
        command: endpoint,
        key: key_last4,
        address,
        code: status,
        outcome,
      })),
    };
  },
});

/** Methods for sellers, about their own members. */
export const sellerMethods: readonly Method[] = [banMemberMethod, unbanMemberMethod, revokeApiMethod, grantApiMethod, listAttempts];
