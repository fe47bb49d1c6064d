import { versionOf } from '@gatehouse/auth';
import { badParameter, Fault } from '@gatehouse/faults';
import { canonicalAddress, created, dateTimeSchema, describeCaller } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import { insertBan } from '../../web-api/address-bans.ts';
import type { AdminContext } from '../admin-context.ts';
import { banBodySchema, toBanBody } from './ban-body.ts';

interface Body {
  readonly address: string;
  readonly reason: string;
  readonly expires_at?: Date | null;
}

/** `POST bans`: refuses an address, and ends the Sessions that were opened from it. */
export const createBan = ({ admit, deps }: AdminContext) =>
  licensingEndpoint({
    name: 'createBan',
    method: 'POST',
    path: '/admin/v1/bans',
    summary: 'Ban an address (IPv6: its /64) from the Web API, verify and Sessions',
    admit,
    body: Joi.object<Body>({
      address: Joi.string().max(50).required().description('An IPv4 address, or an IPv6 address, which stands for its /64'),
      reason: Joi.string().max(500).required(),
      expires_at: dateTimeSchema().allow(null).description('Null or absent: until it is lifted'),
    }),
    replies: { 201: banBodySchema },
    faults: ['CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, body: { address, reason, expires_at: expiresAt = null }, now, afterCommit }) {
      if (expiresAt !== null && expiresAt <= now) throw badParameter('expires_at', 'must be in the future');
      const network = readNetwork(address);
      const ban = await db.tx((tx) => insertBan(tx, { network, reason, expiresAt, now }));
      if (ban === null) throw new Fault('CONFLICT', { detail: 'This address is banned already.' });
      afterCommit(() => deps.versions.touch([versionOf.bans]));
      return created(toBanBody(ban));
    },
  });

/** Bans count by IPv4 address and IPv6 /64, whichever way they are written. */
function readNetwork(text: string): string {
  const address = canonicalAddress(text.replace(/\/(64|32)$/, ''));
  const isNetworkOfOther = (text.endsWith('/64') && !address?.includes(':')) || (text.endsWith('/32') && address?.includes(':'));
  if (address === null || isNetworkOfOther) throw badParameter('address', 'must be an IPv4 address, an IPv6 address or an IPv6 /64');
  return describeCaller(address).network;
}
