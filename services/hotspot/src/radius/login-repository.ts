import { type Database, Prisma } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { LoginPlace } from './access-point-repository.ts';
import type { LoginFacts, LoginRefusal } from './judge-login.ts';

/** A voucher, or the login of one visit of a guest. */
export type LoginKind = 'voucher' | 'guest-login';

/** A login that a name may stand for. */
export interface Candidate extends LoginFacts {
  readonly kind: LoginKind;
  readonly id: number;
  /** How the guest signed in: `voucher`, `email`, `mobile`, `facebook`, `free`. */
  readonly method: string;
  readonly sealedPasscode: Uint8Array;
  /** A voucher's; null for guests' logins, whose end is set. */
  readonly validFor: string | null;
}

/** Which login, and where and on what it is used. */
export interface Attempt {
  readonly place: LoginPlace;
  readonly login: string;
  readonly mac: string | null;
  /** The Request Authenticator: 16 octets that no other request of this access point has (RFC 2865 §3). */
  readonly authenticator: string | null;
  readonly now: Date;
}

/** How many visits of one guest are tried by their passcodes: their devices on line at once, and no more. */
const VISITS_AT_MOST = 4;
/** A session that was silent for so long does not count as a device any more. Three of the intervals that access points report in. */
export const SILENCE_MS = 3 * 60_000;
/** For so long an access point whose question or answer got lost may ask again, under a new number. */
const ASKS_AGAIN_MS = 30_000;
const MEBIBYTE = 1_048_576;

/** The logins that a name may stand for: a voucher, and the latest visits of a guest, those of the same device first. */
export function findCandidates(db: Database, attempt: Attempt): Promise<Candidate[]> {
  const { place, login, mac, now } = attempt;
  return db.query<Candidate>`
    SELECT ${voucherFacts(attempt)} FROM vouchers target WHERE target.site_id = ${place.siteId} AND target.username = ${login}
    UNION ALL (
      SELECT ${guestFacts(attempt)} FROM (
        SELECT * FROM guest_logins WHERE site_id = ${place.siteId} AND login = ${login} ORDER BY id DESC LIMIT 50
      ) AS target JOIN guests guest ON guest.id = target.guest_id
      ORDER BY target.expires_at > ${now} DESC, target.mac IS NOT DISTINCT FROM ${mac} DESC, target.id DESC LIMIT ${VISITS_AT_MOST}
    )`;
}

/** Locks a login, so that its devices come on line one after the other. @returns null when it is gone, or another site's */
export async function lockCandidate(db: Database, attempt: Attempt, kind: LoginKind, id: number): Promise<Candidate | null> {
  const table = TABLES[kind];
  await db.query`SELECT 1 FROM ${table} WHERE id = ${id} AND site_id = ${attempt.place.siteId} FOR NO KEY UPDATE`;
  // A statement of its own: the devices are counted as they are now that the lock is had.
  const [row] = await (kind === 'voucher'
    ? db.query<Candidate>`SELECT ${voucherFacts(attempt)} FROM vouchers target WHERE target.id = ${id} AND target.site_id = ${attempt.place.siteId}`
    : db.query<Candidate>`SELECT ${guestFacts(attempt)} FROM guest_logins target JOIN guests guest ON guest.id = target.guest_id
        WHERE target.id = ${id} AND target.site_id = ${attempt.place.siteId}`);
  return row ?? null;
}

/** A session to be opened for a login that is locked and judged. */
export interface NewSession {
  readonly candidate: Candidate;
  /** When the voucher runs out, if this is its first login. */
  readonly expiresAt: Date | null;
  readonly classRef: string;
  /** Where the access point was heard from. */
  readonly nasAddress: string | null;
  readonly acctSessionId: string | null;
  /** The guest's own address, if it is known already. */
  readonly address: string | null;
}

/**
 * Starts the validity, binds the device where the site says so, and opens the row of the session; the device's earlier sessions,
 * whose end nobody told, are over. An access point that got no answer and asks again, or asks anew for a session that goes on,
 * gets the session that it has. A request that comes twice changes nothing the second time, however late that is.
 * @returns the Class of the session
 */
export async function openSession(db: Database, attempt: Attempt, session: NewSession): Promise<string> {
  const { place, login, mac, authenticator, now } = attempt;
  const { candidate, acctSessionId, address } = session;
  const owner = Prisma.sql`${OWNER_COLUMNS[candidate.kind]} = ${candidate.id}`;
  const askedLately = new Date(now.getTime() - ASKS_AGAIN_MS);
  const [row] = await db.query<{ classRef: string }>`
    WITH known AS (
      SELECT class_ref, COALESCE(request_authenticator = ${authenticator}, false) AS is_repeat FROM guest_sessions
      WHERE ${owner} AND nas_id = ${place.nasId} AND (request_authenticator = ${authenticator} OR ended_at IS NULL AND mac = ${mac}
        AND (acct_session_id = ${acctSessionId} OR (acct_session_id IS NULL AND started_at > ${askedLately})))
      ORDER BY is_repeat DESC, id DESC LIMIT 1
    ), bound AS (${bindLogin(attempt, session)}
    ), superseded AS (
      UPDATE guest_sessions SET ended_at = ${now}, terminate_cause = 'superseded'
      WHERE ${owner} AND ended_at IS NULL AND mac = ${mac} AND class_ref NOT IN (SELECT class_ref FROM known)
        AND NOT EXISTS (SELECT 1 FROM known WHERE is_repeat)
    ), opened AS (
      INSERT INTO guest_sessions (site_id, nas_id, nas_address, class_ref, acct_session_id, request_authenticator, ${OWNER_COLUMNS[candidate.kind]}, login,
        method, mac, address, started_at, last_update_at, counters_moved_at)
      SELECT ${place.siteId}, ${place.nasId}, ${session.nasAddress}::inet, ${session.classRef}, ${acctSessionId}, ${authenticator}, ${candidate.id}, ${login},
        ${candidate.method}, ${mac}, ${address}, ${now}, ${now}, ${now}
      WHERE NOT EXISTS (SELECT 1 FROM known) RETURNING id
    ), entry AS (
      INSERT INTO login_log (site_id, nas_id, guest_session_id, login, method, mac, address, at, accepted)
      SELECT ${place.siteId}, ${place.nasId}, opened.id, ${login}, ${candidate.method}, ${mac}, ${address}, ${now}, true FROM opened
    )
    SELECT COALESCE((SELECT class_ref FROM known), ${session.classRef}) AS "classRef"`;
  if (row === undefined) throw new Fault('INTERNAL', { internal: 'a session was opened without a row' });
  return row.classRef;
}

/** Writes down that somebody was refused. */
export async function logRefusal(
  db: Database,
  attempt: Attempt,
  method: string | null,
  reason: LoginRefusal,
  address: string | null,
): Promise<void> {
  const { place, login, mac, now } = attempt;
  await db.execute`
    INSERT INTO login_log (site_id, nas_id, login, method, mac, address, at, accepted, reason)
    VALUES (${place.siteId}, ${place.nasId}, ${login}, ${method}, ${mac}, ${address}, ${now}, false, ${reason})`;
}

/** How a login signs in, for the log of those whose passcode was wrong. */
export async function findMethod(db: Database, siteId: number, kind: LoginKind, id: number): Promise<string | null> {
  if (kind === 'voucher') return 'voucher';
  const [row] = await db.query<{ method: string }>`
    SELECT guest.kind::text AS method FROM guest_logins target JOIN guests guest ON guest.id = target.guest_id
    WHERE target.id = ${id} AND target.site_id = ${siteId}`;
  return row?.method ?? null;
}

function bindLogin({ place, mac, now }: Attempt, { candidate: { kind, id }, expiresAt }: NewSession): Prisma.Sql {
  if (kind === 'guest-login') {
    return Prisma.sql`UPDATE guest_logins SET first_login_at = COALESCE(first_login_at, ${now}), last_login_at = ${now} WHERE id = ${id}`;
  }
  return Prisma.sql`
    UPDATE vouchers SET first_login_at = COALESCE(first_login_at, ${now}), last_login_at = ${now},
      expires_at = CASE WHEN first_login_at IS NULL THEN ${expiresAt}::timestamptz ELSE expires_at END,
      mac = CASE WHEN ${place.bindMac}::boolean THEN COALESCE(mac, ${mac}) ELSE COALESCE(${mac}, mac) END
    WHERE id = ${id}`;
}

const OWNER_COLUMNS = { voucher: Prisma.sql`voucher_id`, 'guest-login': Prisma.sql`guest_login_id` };
const TABLES = { voucher: Prisma.sql`vouchers`, 'guest-login': Prisma.sql`guest_logins` };

function voucherFacts(attempt: Attempt): Prisma.Sql {
  const { place } = attempt;
  return Prisma.sql`'voucher' AS kind, target.id, 'voucher' AS method, target.passcode AS "sealedPasscode", target.valid_for AS "validFor",
    target.valid_from AS "validFrom", target.expires_at AS "expiresAt", target.upload_limit_mb::bigint * ${MEBIBYTE} AS "uploadLimitBytes",
    target.download_limit_mb::bigint * ${MEBIBYTE} AS "downloadLimitBytes", target.bytes_in AS "bytesIn", target.bytes_out AS "bytesOut",
    ${place.bindMac ? Prisma.sql`target.mac` : Prisma.sql`NULL::text`} AS "boundMac",
    ${otherDevices('voucher', attempt)} AS "otherDevices", ${place.devicesPerVoucher}::int AS "devicesAllowed"`;
}

function guestFacts(attempt: Attempt): Prisma.Sql {
  const { place } = attempt;
  return Prisma.sql`'guest-login' AS kind, target.id, guest.kind::text AS method, target.passcode AS "sealedPasscode", NULL AS "validFor",
    NULL::timestamptz AS "validFrom", target.expires_at AS "expiresAt", NULL::bigint AS "uploadLimitBytes",
    NULL::bigint AS "downloadLimitBytes", target.bytes_in AS "bytesIn", target.bytes_out AS "bytesOut",
    ${place.bindMac ? Prisma.sql`target.mac` : Prisma.sql`NULL::text`} AS "boundMac",
    ${otherDevices('guest-login', attempt)} AS "otherDevices", ${place.devicesPerVoucher}::int AS "devicesAllowed"`;
}

/** Devices beside this one; a session without a MAC address counts as one, unless this very request opened it. */
function otherDevices(kind: LoginKind, { mac, authenticator, now }: Attempt): Prisma.Sql {
  const silentSince = new Date(now.getTime() - SILENCE_MS);
  return Prisma.sql`(
    SELECT count(DISTINCT COALESCE(session.mac, session.class_ref))::int FROM guest_sessions session
    WHERE session.${OWNER_COLUMNS[kind]} = target.id AND session.ended_at IS NULL AND session.last_update_at > ${silentSince}
      AND (session.mac IS NULL OR session.mac IS DISTINCT FROM ${mac})
      AND COALESCE(session.request_authenticator <> ${authenticator}, true))`;
}
