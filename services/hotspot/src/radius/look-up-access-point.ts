import { badParameter } from '@gatehouse/faults';
import { canonicalAddress, isNetwork, type Reply, type ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { openSecret } from '../sealed-secrets.ts';
import { findAccessPoint, findEmptyNetwork } from './access-point-repository.ts';
import { accessPointName } from './radius-packet.ts';
import { attributesReply } from './rest-reply.ts';

/**
 * FreeRADIUS asks who an address is: the secret of the access point, or a network in which there is none, whose packets it then
 * drops for some seconds without asking.
 */
export async function lookUpAccessPoint({ db, vault, log }: ServiceDeps, { query }: ServiceRequest): Promise<Reply> {
  const address = canonicalAddress(String(query.address));
  if (address === null) throw badParameter('address', 'must be an IP address');
  const within = String(query.within);
  if (!isNetwork(within)) throw badParameter('within', 'must be a network');
  const found = await findAccessPoint(db, address, within);
  if (found === null) {
    const network = await findEmptyNetwork(db, address);
    log.warn({ address, network }, 'RADIUS from an access point that no site lists: not answered');
    return attributesReply({ 'control:Tmp-String-0': network });
  }
  const suffix = address.includes(':') ? 'IPv6-Prefix' : 'IP-Prefix';
  return attributesReply({
    [`control:FreeRADIUS-Client-${suffix}`]: found.network,
    'control:FreeRADIUS-Client-Secret': openSecret(vault, found.sealedSecret, { kind: 'nas', siteId: found.siteId }),
    'control:FreeRADIUS-Client-Shortname': accessPointName(found.id),
    // guests.conf checks for the Message-Authenticator itself: FreeRADIUS would drop such packets without a word in the log.
    'control:FreeRADIUS-Client-Require-MA': 'no',
    'control:FreeRADIUS-Client-NAS-Type': found.requireMessageAuthenticator ? 'signed' : 'unsigned',
  });
}
