import { Fault } from '@gatehouse/faults';
import type { Reply, ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { openSecret } from '../sealed-secrets.ts';
import { findLoginPlace } from './access-point-repository.ts';
import { judgeLogin } from './judge-login.ts';
import { formatLoginRef } from './login-ref.ts';
import { type Attempt, type Candidate, findCandidates } from './login-repository.ts';
import { readAccessPointId, readAttributes } from './radius-attributes.ts';
import { attributesReply } from './rest-reply.ts';

/**
 * Hands FreeRADIUS the passcodes that a name may be used with, since it checks the passcode itself, by PAP, CHAP or MS-CHAP.
 * Reads only. Logins that may come on line are first; of the others FreeRADIUS checks the passcode too, so that only those who
 * know it learn why they are refused, by {@link import('./open-login.ts').openLogin}.
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export async function authorize({ db, vault }: ServiceDeps, request: ServiceRequest): Promise<Reply> {
  const place = await findLoginPlace(db, readAccessPointId(request));
  if (place === null) throw new Fault('NOT_FOUND', { detail: 'Access point not found' });
  const attributes = await readAttributes(request);
  const login = attributes.text('User-Name');
  if (login === null) return attributesReply({});
  const attempt: Attempt = { place, login, mac: attributes.mac, authenticator: null, now: request.now };
  const candidates = await findCandidates(db, attempt);
  if (candidates.length === 0) return attributesReply({});
  const isGood = (candidate: Candidate) => judgeLogin(candidate, attempt.mac, attempt.now) === null;
  const ordered = [...candidates.filter(isGood), ...candidates.filter((candidate) => !isGood(candidate))];
  const passcodeOf = ({ kind, sealedPasscode }: Candidate) =>
    openSecret(
      vault,
      sealedPasscode,
      kind === 'voucher' ? { kind, siteId: place.siteId, username: login } : { kind, siteId: place.siteId, login },
    );
  return attributesReply({ 'control:Tmp-String-2': ordered.map(passcodeOf), 'control:Tmp-String-3': ordered.map(formatLoginRef) });
}
