import { Prisma, type Sql } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { Attempt } from './attempt.ts';
import type { LoginFacts, LoginRefusal } from './judge-login.ts';
import type { LoginRef } from './login-ref.ts';

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

/** How many visits of one guest are tried by their passcodes: their devices on line at once, and no more. */
const VISITS_AT_MOST = 4;
/** A session that was silent for so long does not count as a device any more. Three of the intervals that access points report in. */
export const SILENCE_MS = 3 * 60_000;

/** A login as it was when it was read, and where it is used. */
export interface FoundLogin extends Candidate {
  readonly siteId: number;
  readonly bindMac: boolean;
  /** Nobody has come on line with it yet, so it has no sessions. */
  readonly isFirst: boolean;
  /** Changes with each change of the login's row, so with each guest that comes on line with it (PostgreSQL's xmin). */
  readonly version: string;
}

/** A row of a statement that answers many questions; `kind` is null where nothing was found. */
type FoundRow = { readonly place: number; readonly siteId: number } & (FoundLogin | { readonly kind: null });

/** What an access point's site knows of a name. */
export interface Candidates {
  readonly siteId: number;
  readonly candidates: readonly FoundLogin[];
}

/**
 * The logins that names may stand for: a voucher, and the latest visits of a guest, those of the same device first.
 * @returns in the order of the attempts; null where the access point is not listed any more
 */
export async function findCandidates(db: Sql, attempts: readonly Attempt[]): Promise<(Candidates | null)[]> {
  const rows = await db.query<FoundRow>`/* planned once */
    SELECT q.place, site.id AS "siteId", site.bind_mac AS "bindMac", candidate.*
    FROM ${asking(attempts.map(toQuestion))} LEFT JOIN LATERAL (
      (SELECT ${voucherFacts} FROM vouchers target WHERE target.site_id = site.id AND target.username = q.login)
      UNION ALL (
        SELECT ${guestFacts} FROM (
          SELECT *, xmin FROM guest_logins WHERE site_id = site.id AND login = q.login ORDER BY id DESC LIMIT 50
        ) AS target JOIN guests guest ON guest.id = target.guest_id
        ORDER BY target.expires_at > q.now DESC, target.mac IS NOT DISTINCT FROM q.mac DESC, target.id DESC LIMIT ${VISITS_AT_MOST}
      )
    ) AS candidate ON true`;
  const byPlace = new Map<number, FoundRow[]>();
  for (const row of rows) byPlace.set(row.place, [...(byPlace.get(row.place) ?? []), row]);
  return attempts.map((_, place) => {
    const found = byPlace.get(place) ?? [];
    const [first] = found;
    return first === undefined ? null : { siteId: first.siteId, candidates: found.filter((row) => row.kind !== null) };
  });
}

/**
 * @returns null when it is gone, or another site's
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export async function findLogin(db: Sql, attempt: Attempt, { kind, id }: LoginRef): Promise<FoundLogin | null> {
  const question = { ...toQuestion(attempt, 0), [kind === 'voucher' ? 'voucher_id' : 'guest_login_id']: id };
  const [row] = await db.query<FoundRow>`/* planned once */
    SELECT q.place, site.id AS "siteId", site.bind_mac AS "bindMac", candidate.*
    FROM ${asking([question])} LEFT JOIN LATERAL (
      (SELECT ${voucherFacts} FROM vouchers target WHERE target.id = q.voucher_id AND target.site_id = site.id)
      UNION ALL (
        SELECT ${guestFacts} FROM guest_logins target JOIN guests guest ON guest.id = target.guest_id
        WHERE target.id = q.guest_login_id AND target.site_id = site.id
      )
    ) AS candidate ON true`;
  if (row === undefined) throw accessPointGone();
  return row.kind === null ? null : row;
}

/** Locks a login within a transaction, so that nobody else comes on line with it meanwhile. */
export async function lockLogin(tx: Sql, { nasId }: Attempt, { kind, id }: LoginRef): Promise<void> {
  await tx.query`
    SELECT 1 FROM ${TABLES[kind]} WHERE id = ${id} AND site_id = (SELECT site_id FROM nas WHERE id = ${nasId}) FOR NO KEY UPDATE`;
}

/**
 * Writes down that somebody was refused.
 * @throws Fault NOT_FOUND when the access point is not listed any more
 */
export async function logRefusal(db: Sql, attempt: Attempt, method: string | null, reason: LoginRefusal): Promise<void> {
  const { nasId, login, mac, address, now } = attempt;
  const count = await db.execute`
    INSERT INTO login_log (site_id, nas_id, login, method, mac, address, at, accepted, reason)
    SELECT nas.site_id, nas.id, ${login}, ${method}, ${mac}, ${address}, ${now}, false, ${reason} FROM nas WHERE nas.id = ${nasId}`;
  if (count === 0) throw accessPointGone();
}

/** How a login of an access point's site signs in, for the log of those whose passcode was wrong. */
export async function findMethod(db: Sql, nasId: number, { kind, id }: LoginRef): Promise<string | null> {
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

const TABLES = { voucher: Prisma.sql`vouchers`, 'guest-login': Prisma.sql`guest_logins` };

/** An attempt as a row of {@link asking}. */
function toQuestion({ nasId, login, mac, authenticator, now }: Attempt, place: number) {
  return { place, nas_id: nasId, login, mac, authenticator, now };
}

/** Questions as rows `q`, each with its access point's `site`; those whose access point is not listed any more are left out. */
function asking(questions: readonly object[]): Prisma.Sql {
  return Prisma.sql`json_to_recordset(${JSON.stringify(questions)}::text::json) AS q (place int, nas_id int, login text, mac text,
      authenticator text, now timestamptz, voucher_id int, guest_login_id int)
    JOIN LATERAL (SELECT * FROM nas WHERE id = q.nas_id OFFSET 0) AS point ON true
    JOIN LATERAL (SELECT * FROM sites WHERE id = point.site_id OFFSET 0) AS site ON true`;
}

/** Devices beside the one that asks; a session without a MAC address counts as one, unless this very request opened it. */
function otherDevices(sessions: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`CASE WHEN target.first_login_at IS NULL THEN 0 ELSE (
    SELECT count(DISTINCT COALESCE(session.mac, session.class_ref))::int FROM (${sessions}) AS session
    WHERE session.ended_at IS NULL AND session.last_update_at > q.now - make_interval(secs => ${SILENCE_MS / 1000}::int)
      AND (session.mac IS NULL OR session.mac IS DISTINCT FROM q.mac) AND COALESCE(session.request_authenticator <> q.authenticator, true)) END`;
}

// All sessions of a login are asked for, by the index of logins whatever the planner thinks of the table (OFFSET 0): asked for those
// that are not over, it takes the index of everybody's live sessions and looks at all of them.

/** Columns of a {@link FoundLogin} of the voucher `target`, at `site`. */
const voucherFacts = Prisma.sql`'voucher' AS kind, target.id, target.xmin::text AS version, 'voucher' AS method, target.passcode AS "sealedPasscode",
    target.valid_for AS "validFor", target.valid_from AS "validFrom", target.expires_at AS "expiresAt",
    target.first_login_at IS NULL AS "isFirst",
    target.upload_limit_mb::bigint * 1048576 AS "uploadLimitBytes", target.download_limit_mb::bigint * 1048576 AS "downloadLimitBytes",
    target.bytes_in AS "bytesIn", target.bytes_out AS "bytesOut", CASE WHEN site.bind_mac THEN target.mac END AS "boundMac",
    ${otherDevices(Prisma.sql`SELECT * FROM guest_sessions WHERE voucher_id = target.id OFFSET 0`)} AS "otherDevices",
    site.devices_per_voucher AS "devicesAllowed"`;

/** The same of the guest's login `target`, of `guest`. */
const guestFacts = Prisma.sql`'guest-login' AS kind, target.id, target.xmin::text AS version, guest.kind::text AS method,
    target.passcode AS "sealedPasscode", NULL AS "validFor", NULL::timestamptz AS "validFrom", target.expires_at AS "expiresAt",
    target.first_login_at IS NULL AS "isFirst", NULL::bigint AS "uploadLimitBytes", NULL::bigint AS "downloadLimitBytes",
    target.bytes_in AS "bytesIn", target.bytes_out AS "bytesOut", CASE WHEN site.bind_mac THEN target.mac END AS "boundMac",
    ${otherDevices(Prisma.sql`SELECT * FROM guest_sessions WHERE guest_login_id = target.id OFFSET 0`)} AS "otherDevices",
    site.devices_per_voucher AS "devicesAllowed"`;
