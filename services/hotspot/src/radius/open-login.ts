import { randomUUID } from 'node:crypto';
import { askTogether, type Sql, WriteConflict } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { Reply, ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { validForSeconds } from '../vouchers/valid-for.ts';
import { type Attempt, toAttempt } from './attempt.ts';
import type { FoundLogins } from './found-logins.ts';
import { judgeLogin, type LoginRefusal, REFUSAL_TEXTS } from './judge-login.ts';
import { loginAttributes } from './login-attributes.ts';
import { type Candidate, type FoundLogin, findLogin, findMethod, lockLogin, logRefusal } from './login-repository.ts';
import { type NewSession, openSessions } from './open-session-repository.ts';
import { parsePacket, readTold } from './radius-packet.ts';
import { attributesReply } from './rest-reply.ts';

/** Opens a session for a login that is as it was judged. @returns its Class; null when the login has changed, or is being changed */
type OpenSession = (session: NewSession) => Promise<string | null>;

/**
 * Makes what is asked when a passcode was right: it lets the guest in, or says why not. The first login starts the validity and
 * binds the device. Of two devices at once one comes in: a login that changed since it was judged is judged again, under a lock. A
 * refusal is an answer of 200: FreeRADIUS would lose its Reply-Message with a 401.
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export function createLogins({ db }: ServiceDeps, foundLogins: FoundLogins): (request: ServiceRequest) => Promise<Reply> {
  const openTogether = askTogether((sessions: readonly NewSession[]) => openSessions(db, sessions, 'skip'));
  return async (request) => {
    const { ref, packet } = readTold(request);
    const known = foundLogins.take(packet, request.now);
    const attempt = known?.attempt ?? toAttempt(parsePacket(packet), request.now);
    if (ref === null) return refuse(db, attempt, null, 'unknown-login');
    // Mostly nobody else uses the same login at this moment, and no transaction is needed.
    const found = known?.logins.find(({ kind, id }) => kind === ref.kind && id === ref.id) ?? (await findLogin(db, attempt, ref));
    const reply = await tryLogin(db, attempt, found, openTogether).catch(nullOfConflict);
    if (reply !== null) return reply;
    return db.sqlTx(async (tx) => {
      await lockLogin(tx, attempt, ref);
      const openAlone: OpenSession = async (session) => (await openSessions(tx, [session], 'wait'))[0] ?? null;
      const locked = await tryLogin(tx, attempt, await findLogin(tx, attempt, ref), openAlone);
      if (locked !== null) return locked;
      // Its access point has gone meanwhile, which is what this says.
      await findLogin(tx, attempt, ref);
      throw new Fault('INTERNAL', { internal: 'a login changed although it was locked' });
    });
  };
}

/** @returns null, and nothing is changed, when the login changed between reading it and writing */
async function tryLogin(db: Sql, attempt: Attempt, found: FoundLogin | null, open: OpenSession): Promise<Reply | null> {
  if (found === null) return refuse(db, attempt, null, 'unknown-login');
  const refusal = judgeLogin(found, attempt.mac, attempt.now);
  if (refusal !== null) return refuse(db, attempt, found.method, refusal);
  const expiresAt = found.expiresAt ?? firstExpiry(found, attempt.now);
  const classRef = await open({ attempt, found, expiresAt, classRef: newClassRef() });
  return classRef === null ? null : attributesReply(loginAttributes(found, classRef, expiresAt, attempt.now));
}

/** A deadlock undid one statement, as if the login had changed. */
function nullOfConflict(error: unknown): null {
  if (error instanceof WriteConflict) return null;
  throw error;
}

/** FreeRADIUS refused somebody: the passcode was wrong, or nobody has this name. Changes nothing but the log. */
export async function noteRefusal({ db }: ServiceDeps, request: ServiceRequest): Promise<Reply> {
  const { ref, packet } = readTold(request);
  const attempt = toAttempt(parsePacket(packet), request.now);
  const method = ref === null ? null : await findMethod(db, attempt.nasId, ref);
  return refuse(db, attempt, method, ref === null ? 'unknown-login' : 'wrong-passcode');
}

async function refuse(db: Sql, attempt: Attempt, method: string | null, reason: LoginRefusal): Promise<Reply> {
  await logRefusal(db, attempt, method, reason);
  return attributesReply({ 'control:Tmp-String-4': reason, 'reply:Reply-Message': REFUSAL_TEXTS[reason] });
}

/** When a voucher that is used for the first time now will have run out; null: never. */
function firstExpiry({ validFor }: Candidate, now: Date): Date | null {
  const seconds = validFor === null ? null : validForSeconds(validFor);
  return seconds === null ? null : new Date(now.getTime() + seconds * 1000);
}

/** 122 random bits: no access point can guess another's session. */
function newClassRef(): string {
  return randomUUID().replaceAll('-', '');
}
