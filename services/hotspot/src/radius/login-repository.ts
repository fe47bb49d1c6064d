import { Prisma, type Sql } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
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

/** Which name is used, and where and on what. */
export interface Attempt {
  /** The access point. */
  readonly nasId: number;
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

/**
 * The logins that a name may stand for: a voucher, and the latest visits of a guest, those of the same device first.
 * @returns null when the access point is not listed any more
 */
export async function findCandidates(
  db: Sql,
  attempt: Attempt,
): Promise<{ readonly siteId: number; readonly candidates: readonly Candidate[] } | null> {
  const { nasId, login, mac, now } = attempt;
  const rows = await db.query<{ siteId: number } & (Candidate | Nothing)>`/* planned once */
    SELECT site.id AS "siteId", candidate.* FROM nas JOIN sites site ON site.id = nas.site_id LEFT JOIN LATERAL (
      (SELECT ${voucherFacts(attempt)} FROM vouchers target WHERE target.site_id = site.id AND target.username = ${login})
      UNION ALL (
        SELECT ${guestFacts(attempt)} FROM (
          SELECT * FROM guest_logins WHERE site_id = site.id AND login = ${login} ORDER BY id DESC LIMIT 50
        ) AS target JOIN guests guest ON guest.id = target.guest_id
        ORDER BY target.expires_at > ${now} DESC, target.mac IS NOT DISTINCT FROM ${mac} DESC, target.id DESC LIMIT ${VISITS_AT_MOST}
      )
    ) AS candidate ON true WHERE nas.id = ${nasId}`;
  const [first] = rows;
  return first === undefined ? null : { siteId: first.siteId, candidates: rows.filter((row) => row.kind !== null) };
}

/** What a join that found nothing says of a login. */
interface Nothing {
  readonly kind: null;
}

/** A login as it was when it was read, and where it is used. */
export interface FoundLogin extends Candidate {
  readonly siteId: number;
  readonly bindMac: boolean;
  /** Changes with each change of the login's row, so with each guest that comes on line with it (PostgreSQL's xmin). */
  readonly version: string;
}

/**
 * @returns null when it is gone, or another site's
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export async function findLogin(db: Sql, attempt: Attempt, kind: LoginKind, id: number): Promise<FoundLogin | null> {
  const target =
    kind === 'voucher'
      ? Prisma.sql`SELECT ${voucherFacts(attempt)}, target.xmin::text AS version FROM vouchers target
          WHERE target.id = ${id} AND target.site_id = site.id`
      : Prisma.sql`SELECT ${guestFacts(attempt)}, target.xmin::text AS version
          FROM guest_logins target JOIN guests guest ON guest.id = target.guest_id WHERE target.id = ${id} AND target.site_id = site.id`;
  const [row] = await db.query<FoundLogin | Nothing>`/* planned once */
    SELECT site.id AS "siteId", site.bind_mac AS "bindMac", candidate.*
    FROM nas JOIN sites site ON site.id = nas.site_id LEFT JOIN LATERAL (${target}) AS candidate ON true WHERE nas.id = ${attempt.nasId}`;
  if (row === undefined) throw accessPointGone();
  return row.kind === null ? null : row;
}

/** Locks a login within a transaction, so that nobody else comes on line with it meanwhile. */
export async function lockLogin(tx: Sql, { nasId }: Attempt, kind: LoginKind, id: number): Promise<void> {
  await tx.query`
    SELECT 1 FROM ${TABLES[kind]} WHERE id = ${id} AND site_id = (SELECT site_id FROM nas WHERE id = ${nasId}) FOR NO KEY UPDATE`;
}

/** A session to be opened for a login that was judged. */
export interface NewSession {
  readonly found: FoundLogin;
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
 *
 * All of it happens only if the login is still as it was judged. Everything else reads what became of that (`bound`), so the login
 * is locked before its sessions, as everywhere.
 * @returns the Class of the session; null, and nothing is changed, when the login has changed
 */
export async function openSession(db: Sql, attempt: Attempt, session: NewSession): Promise<string | null> {
  const { nasId, login, mac, authenticator, now } = attempt;
  const { found, acctSessionId, address } = session;
  const askedLately = new Date(now.getTime() - ASKS_AGAIN_MS);
  const [row] = await db.query<{ classRef: string }>`/* planned once */
    WITH own AS MATERIALIZED (${sessionsOf(found.kind, Prisma.sql`${found.id}`)}
    ), known AS (
      SELECT class_ref, COALESCE(request_authenticator = ${authenticator}, false) AS is_repeat FROM own
      WHERE nas_id = ${nasId} AND (request_authenticator = ${authenticator} OR ended_at IS NULL AND mac = ${mac}
        AND (acct_session_id = ${acctSessionId} OR (acct_session_id IS NULL AND started_at > ${askedLately})))
      ORDER BY is_repeat DESC, id DESC LIMIT 1
    ), bound AS (${bindLogin(attempt, session)}
    ), superseded AS (
      UPDATE guest_sessions session SET ended_at = COALESCE(session.ended_at, ${now}),
        terminate_cause = CASE WHEN session.ended_at IS NULL THEN 'superseded' ELSE session.terminate_cause END
      FROM own WHERE session.id = own.id AND own.ended_at IS NULL AND own.mac = ${mac} AND own.class_ref NOT IN (SELECT class_ref FROM known)
        AND NOT EXISTS (SELECT 1 FROM known WHERE is_repeat) AND EXISTS (SELECT 1 FROM bound)
    ), opened AS (
      INSERT INTO guest_sessions (site_id, nas_id, nas_address, class_ref, acct_session_id, request_authenticator, ${OWNER_COLUMNS[found.kind]}, login,
        method, mac, address, started_at, last_update_at, counters_moved_at)
      SELECT ${found.siteId}, ${nasId}, ${session.nasAddress}::inet, ${session.classRef}, ${acctSessionId}, ${authenticator}, ${found.id}, ${login},
        ${found.method}, ${mac}, ${address}, ${now}, ${now}, ${now}
      FROM bound WHERE NOT EXISTS (SELECT 1 FROM known) RETURNING id
    ), entry AS (
      INSERT INTO login_log (site_id, nas_id, guest_session_id, login, method, mac, address, at, accepted)
      SELECT ${found.siteId}, ${nasId}, opened.id, ${login}, ${found.method}, ${mac}, ${address}, ${now}, true FROM opened
    )
    SELECT COALESCE((SELECT class_ref FROM known), ${session.classRef}) AS "classRef" FROM bound`;
  return row?.classRef ?? null;
}

/**
 * Writes down that somebody was refused.
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export async function logRefusal(
  db: Sql,
  attempt: Attempt,
  method: string | null,
  reason: LoginRefusal,
  address: string | null,
): Promise<void> {
  const { nasId, login, mac, now } = attempt;
  const count = await db.execute`
    INSERT INTO login_log (site_id, nas_id, login, method, mac, address, at, accepted, reason)
    SELECT nas.site_id, nas.id, ${login}, ${method}, ${mac}, ${address}, ${now}, false, ${reason} FROM nas WHERE nas.id = ${nasId}`;
  if (count === 0) throw accessPointGone();
}

/** How a login of an access point's site signs in, for the log of those whose passcode was wrong. */
export async function findMethod(db: Sql, nasId: number, kind: LoginKind, id: number): Promise<string | null> {
  if (kind === 'voucher') return 'voucher';
  const [row] = await db.query<{ method: string }>`
    SELECT guest.kind::text AS method FROM nas JOIN guest_logins target ON target.site_id = nas.site_id
    JOIN guests guest ON guest.id = target.guest_id WHERE nas.id = ${nasId} AND target.id = ${id}`;
  return row?.method ?? null;
}

/** A site has taken it off its list; FreeRADIUS remembers it for a minute at most. */
export function accessPointGone(): Fault {
  return new Fault('NOT_FOUND', { detail: 'Access point not found' });
}

function bindLogin({ mac, now }: Attempt, { found: { kind, id, version, bindMac }, expiresAt }: NewSession): Prisma.Sql {
  // Whoever waited for another's change to be committed compares with the row as it has become.
  const unchanged = Prisma.sql`id = ${id} AND xmin::text = ${version} RETURNING id`;
  if (kind === 'guest-login') {
    return Prisma.sql`
      UPDATE guest_logins SET first_login_at = COALESCE(first_login_at, ${now}), last_login_at = ${now} WHERE ${unchanged}`;
  }
  return Prisma.sql`
    UPDATE vouchers SET first_login_at = COALESCE(first_login_at, ${now}), last_login_at = ${now},
      expires_at = CASE WHEN first_login_at IS NULL THEN ${expiresAt}::timestamptz ELSE expires_at END,
      mac = CASE WHEN ${bindMac}::boolean THEN COALESCE(mac, ${mac}) ELSE COALESCE(${mac}, mac) END
    WHERE ${unchanged}`;
}

const OWNER_COLUMNS = { voucher: Prisma.sql`voucher_id`, 'guest-login': Prisma.sql`guest_login_id` };
const TABLES = { voucher: Prisma.sql`vouchers`, 'guest-login': Prisma.sql`guest_logins` };

/** Columns of a {@link Candidate} of `target`, at `site`. */
function voucherFacts(attempt: Attempt): Prisma.Sql {
  return Prisma.sql`'voucher' AS kind, target.id, 'voucher' AS method, target.passcode AS "sealedPasscode", target.valid_for AS "validFor",
    target.valid_from AS "validFrom", target.expires_at AS "expiresAt", target.upload_limit_mb::bigint * ${MEBIBYTE} AS "uploadLimitBytes",
    target.download_limit_mb::bigint * ${MEBIBYTE} AS "downloadLimitBytes", target.bytes_in AS "bytesIn", target.bytes_out AS "bytesOut",
    CASE WHEN site.bind_mac THEN target.mac END AS "boundMac",
    ${otherDevices('voucher', attempt)} AS "otherDevices", site.devices_per_voucher AS "devicesAllowed"`;
}

function guestFacts(attempt: Attempt): Prisma.Sql {
  return Prisma.sql`'guest-login' AS kind, target.id, guest.kind::text AS method, target.passcode AS "sealedPasscode", NULL AS "validFor",
    NULL::timestamptz AS "validFrom", target.expires_at AS "expiresAt", NULL::bigint AS "uploadLimitBytes",
    NULL::bigint AS "downloadLimitBytes", target.bytes_in AS "bytesIn", target.bytes_out AS "bytesOut",
    CASE WHEN site.bind_mac THEN target.mac END AS "boundMac",
    ${otherDevices('guest-login', attempt)} AS "otherDevices", site.devices_per_voucher AS "devicesAllowed"`;
}

/** Devices beside this one; a session without a MAC address counts as one, unless this very request opened it. */
function otherDevices(kind: LoginKind, { mac, authenticator, now }: Attempt): Prisma.Sql {
  const silentSince = new Date(now.getTime() - SILENCE_MS);
  return Prisma.sql`(
    SELECT count(DISTINCT COALESCE(session.mac, session.class_ref))::int FROM (${sessionsOf(kind, Prisma.sql`target.id`)}) AS session
    WHERE session.ended_at IS NULL AND session.last_update_at > ${silentSince}
      AND (session.mac IS NULL OR session.mac IS DISTINCT FROM ${mac})
      AND COALESCE(session.request_authenticator <> ${authenticator}, true))`;
}

/**
 * All sessions of a login, by the index of logins whatever the planner thinks of the table (OFFSET 0): asked for those that are not
 * over, it takes the index of everybody's live sessions and looks at all of them.
 */
function sessionsOf(kind: LoginKind, id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT * FROM guest_sessions WHERE ${OWNER_COLUMNS[kind]} = ${id} OFFSET 0`;
}
