import { randomBytes } from 'node:crypto';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { canonicalAddress, type Reply, type ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { validForSeconds } from '../vouchers/valid-for.ts';
import { findLoginPlace } from './access-point-repository.ts';
import { judgeLogin, type LoginRefusal, REFUSAL_TEXTS } from './judge-login.ts';
import { loginAttributes } from './login-attributes.ts';
import { type LoginRef, parseLoginRef } from './login-ref.ts';
import { type Attempt, type Candidate, findMethod, lockCandidate, logRefusal, openSession } from './login-repository.ts';
import { type RadiusAttributes, readAccessPointId, readAttributes } from './radius-attributes.ts';
import { attributesReply } from './rest-reply.ts';

/** Where and by which attributes somebody signs in. */
interface Entry {
  readonly attempt: Attempt;
  readonly attributes: RadiusAttributes;
  readonly address: string | null;
  readonly ref: LoginRef | null;
}

/**
 * The passcode was right: lets the guest in, or says why not. The first login starts the validity and binds the device. The login
 * is locked meanwhile, so that of two devices at once one comes in. A refusal is an answer of 200: FreeRADIUS would lose its
 * Reply-Message with a 401.
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export async function openLogin({ db }: ServiceDeps, request: ServiceRequest): Promise<Reply> {
  const entry = await readEntry(db, request);
  const nasAddress = canonicalAddress(String(request.query.from));
  return db.tx(async (tx) => {
    const { attempt, attributes, address, ref } = entry;
    const candidate = ref === null ? null : await lockCandidate(tx, attempt, ref.kind, ref.id);
    const refusal = candidate === null ? 'unknown-login' : judgeLogin(candidate, attempt.mac, attempt.now);
    if (candidate === null || refusal !== null) return refuse(tx, entry, candidate?.method ?? null, refusal ?? 'unknown-login');
    const expiresAt = candidate.expiresAt ?? firstExpiry(candidate, attempt.now);
    const acctSessionId = attributes.text('Acct-Session-Id');
    const session = { candidate, expiresAt, classRef: newClassRef(), nasAddress, acctSessionId, address };
    const classRef = await openSession(tx, attempt, session);
    return attributesReply(loginAttributes(candidate, classRef, expiresAt, attempt.now));
  });
}

/** FreeRADIUS refused somebody: the passcode was wrong, or nobody has this name. Changes nothing but the log. */
export async function noteRefusal({ db }: ServiceDeps, request: ServiceRequest): Promise<Reply> {
  const entry = await readEntry(db, request);
  const { ref, attempt } = entry;
  const method = ref === null ? null : await findMethod(db, attempt.place.siteId, ref.kind, ref.id);
  return refuse(db, entry, method, ref === null ? 'unknown-login' : 'wrong-passcode');
}

async function readEntry(db: Database, request: ServiceRequest): Promise<Entry> {
  const place = await findLoginPlace(db, readAccessPointId(request));
  if (place === null) throw new Fault('NOT_FOUND', { detail: 'Access point not found' });
  const attributes = await readAttributes(request);
  const attempt = {
    place,
    login: attributes.text('User-Name') ?? '',
    mac: attributes.mac,
    authenticator: attributes.word('Authenticator'),
    now: request.now,
  };
  const address = canonicalAddress(attributes.word('Framed-IP-Address') ?? '');
  return { attempt, attributes, address, ref: parseLoginRef(request.query.ref) };
}

async function refuse(db: Database, { attempt, address }: Entry, method: string | null, reason: LoginRefusal): Promise<Reply> {
  await logRefusal(db, attempt, method, reason, address);
  return attributesReply({ 'control:Tmp-String-4': reason, 'reply:Reply-Message': REFUSAL_TEXTS[reason] });
}

/** When a voucher that is used for the first time now will have run out; null: never. */
function firstExpiry({ validFor }: Candidate, now: Date): Date | null {
  const seconds = validFor === null ? null : validForSeconds(validFor);
  return seconds === null ? null : new Date(now.getTime() + seconds * 1000);
}

/** 128 random bits: no access point can guess another's session. */
function newClassRef(): string {
  return randomBytes(16).toString('hex');
}
