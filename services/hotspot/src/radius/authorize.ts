import { askTogether } from '@gatehouse/db';
import type { Reply, ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { openSecret } from '../sealed-secrets.ts';
import { type Attempt, toAttempt } from './attempt.ts';
import type { FoundLogins } from './found-logins.ts';
import { judgeLogin } from './judge-login.ts';
import { formatLoginRef } from './login-ref.ts';
import { accessPointGone, type Candidate, findCandidates } from './login-repository.ts';
import { parsePacket, readTold } from './radius-packet.ts';
import { attributesReply } from './rest-reply.ts';

/**
 * Makes what hands FreeRADIUS the passcodes that a name may be used with, since it checks the passcode itself, by PAP, CHAP or
 * MS-CHAP. Reads only. Logins that may come on line are first; of the others FreeRADIUS checks the passcode too, so that only those
 * who know it learn why they are refused, by {@link import('./open-login.ts').createLogins}.
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export function createAuthorizer({ db, vault }: ServiceDeps, foundLogins: FoundLogins): (request: ServiceRequest) => Promise<Reply> {
  const find = askTogether((attempts: readonly Attempt[]) => findCandidates(db, attempts));
  return async (request) => {
    const { packet } = readTold(request);
    const attempt = toAttempt(parsePacket(packet), request.now);
    const found = await find(attempt);
    if (found === null) throw accessPointGone();
    const { siteId, candidates } = found;
    const { login } = attempt;
    const isGood = (candidate: Candidate) => judgeLogin(candidate, attempt.mac, attempt.now) === null;
    const [first, ...others] = [...candidates.filter(isGood), ...candidates.filter((candidate) => !isGood(candidate))];
    if (login === '' || first === undefined) return attributesReply({});
    foundLogins.keep(packet, attempt, candidates);
    const passcodeOf = ({ kind, sealedPasscode }: Candidate) =>
      openSecret(vault, sealedPasscode, kind === 'voucher' ? { kind, siteId, username: login } : { kind, siteId, login });
    return attributesReply({
      'control:Cleartext-Password': passcodeOf(first),
      'control:Tmp-String-0': formatLoginRef(first),
      'control:Tmp-String-2': others.map(passcodeOf),
      'control:Tmp-String-3': others.map(formatLoginRef),
    });
  };
}
