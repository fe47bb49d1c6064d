import { hashToken, newToken } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import Joi from 'joi';
import { countWrongKey } from '../address-bans.ts';
import { endHandshake, explainHandshake, openHandshake, takeHandshake } from '../handshake-repository.ts';
import { type Method, memberMethod, type OpenCall, openMethod } from '../method.ts';

const TOKEN = Joi.string().max(512).required();
const TOKEN_PREFIX = 'ghh_';

const authorizeHandshake = memberMethod({
  name: 'authorizeHandshake',
  section: 'Handshake',
  summary: 'Answers a one-time token, good for 10 minutes, that hands the key to another device without typing it.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({}),
  example: 'ghh_5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76',
  faults: ['HANDSHAKE_EXISTS'],
  async handle({ db, key, member, now }) {
    const token = newToken(TOKEN_PREFIX);
    const isOpen = await openHandshake(db, { keyId: key.id, memberId: member.id, tokenHash: hashToken(token), now });
    if (!isOpen) throw new Fault('HANDSHAKE_EXISTS');
    return { message: token };
  },
});

const getHandshake = openMethod<{ token: string }>({
  name: 'getHandshake',
  section: 'Handshake',
  summary: 'Answers the licence key that the token stands for, once. Needs no `key`.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({ token: TOKEN }),
  example: 'XXXX-XXXX-XXXX-XXXX',
  faults: ['HANDSHAKE_INVALID', 'HANDSHAKE_EXPIRED'],
  async handle(call, { token }) {
    const taken = await takeHandshake(call.db, hashToken(token), call.now);
    if (taken === null) throw await refusal(call, token);
    const { notes } = call.request;
    notes.principal = `user:${taken.memberId}`;
    notes.ownerId = taken.ownerId;
    notes.last4 = taken.keyValue.slice(-4);
    return { message: taken.keyValue };
  },
});

const terminateHandshake = memberMethod<{ token: string }>({
  name: 'terminateHandshake',
  section: 'Handshake',
  summary: 'Makes a token of the same key worthless.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({ token: TOKEN }),
  example: 'handshake terminated',
  faults: ['HANDSHAKE_INVALID', 'HANDSHAKE_EXPIRED'],
  async handle(call, { token }) {
    const isEnded = await endHandshake(call.db, { tokenHash: hashToken(token), keyId: call.key.id, now: call.now });
    if (!isEnded) throw await refusal(call, token);
    return { message: 'handshake terminated' };
  },
});

/** The fault of a token that is not good. One that was never made counts as a wrong key of the address. */
async function refusal({ deps, db, request, now }: OpenCall, token: string): Promise<Fault> {
  const reason = await explainHandshake(db, hashToken(token), now);
  if (reason === 'unknown') await countWrongKey(deps, { caller: request.caller, keyHash: hashToken(token), now });
  return new Fault(reason === 'expired' ? 'HANDSHAKE_EXPIRED' : 'HANDSHAKE_INVALID');
}

/** Methods that hand a key to another device. */
export const handshakeMethods: readonly Method[] = [authorizeHandshake, getHandshake, terminateHandshake];
