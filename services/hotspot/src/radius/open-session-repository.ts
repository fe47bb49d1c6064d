import { Prisma, type Sql } from '@gatehouse/db';
import type { Attempt } from './attempt.ts';
import type { FoundLogin } from './login-repository.ts';

/** For so long an access point whose question or answer got lost may ask again, under a new number. */
const ASKS_AGAIN_SECONDS = 30;

/** A session to be opened for a login that was judged. */
export interface NewSession {
  readonly attempt: Attempt;
  readonly found: FoundLogin;
  /** When the voucher runs out, if this is its first login. */
  readonly expiresAt: Date | null;
  readonly classRef: string;
}

/**
 * Starts the validity, binds the device where the site says so, and opens the row of the session; the device's earlier sessions,
 * whose end nobody told, are over. An access point that got no answer and asks again, or asks anew for a session that goes on,
 * gets the session that it has. A request that comes twice changes nothing the second time, however late that is.
 *
 * One statement for all. What it does for a session happens only if the login is still as it was judged, so of two sessions of one
 * login one is opened. Where locks are skipped nobody waits for somebody else's login, or for a site that is being deleted; an
 * earlier session of the same device that is locked is left to become stale, and counts as no other device.
 * Everything else reads what became of the login (`bound`), so logins are locked before sessions, as everywhere. Rows are locked one
 * by one (LATERAL), so that the locks go by the indexes whatever the planner thinks of the tables. COALESCE hides from it that a
 * session is asked for that is not over: it would walk the index of everybody's live sessions. A login that was asked for earlier may
 * come later: it ends no session before its beginning.
 *
 * Where all of the logins are used for the first time there is nothing to be looked for but that they still are: opening a session
 * changes its login, so that one that was judged as unused has none.
 * @param whenLocked what becomes of a session whose login, site or access point is locked: skipped, or waited for
 * @returns the Class of each session in their order; null, and nothing is changed, where the login has changed or it was skipped
 */
export async function openSessions(db: Sql, sessions: readonly NewSession[], whenLocked: 'skip' | 'wait'): Promise<(string | null)[]> {
  const locking = whenLocked === 'skip' ? Prisma.sql`SKIP LOCKED` : Prisma.empty;
  const isUsed = sessions.some(({ found }) => !found.isFirst);
  const rows = await db.query<{ place: number; classRef: string }>`/* planned once */
    WITH asked AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(sessions.map(toRow))}::text::json) AS q (place int, nas_id int, nas_address inet,
        login text, mac text, authenticator text, now timestamptz, site_id int, method text, bind_mac boolean, version text, voucher_id int,
        guest_login_id int, expires_at timestamptz, class_ref text, acct_session_id text, address text)
    ), point AS MATERIALIZED (
      SELECT nas.id FROM nas JOIN sites ON sites.id = nas.site_id WHERE nas.id = ANY(ARRAY(SELECT nas_id FROM asked)) FOR KEY SHARE ${locking}
    ), q AS MATERIALIZED (
      SELECT asked.* FROM asked JOIN point ON point.id = asked.nas_id
    ), ${isUsed ? EARLIER : NONE_EARLIER}, voucher AS MATERIALIZED (
      SELECT q.*, locked.id FROM q CROSS JOIN LATERAL (
        SELECT id FROM vouchers WHERE id = q.voucher_id AND xmin::text = q.version FOR NO KEY UPDATE ${locking}
      ) AS locked
    ), bound_vouchers AS (
      UPDATE vouchers target SET first_login_at = COALESCE(target.first_login_at, voucher.now),
        last_login_at = GREATEST(target.last_login_at, voucher.now),
        expires_at = CASE WHEN target.first_login_at IS NULL THEN voucher.expires_at ELSE target.expires_at END,
        mac = CASE WHEN voucher.bind_mac THEN COALESCE(target.mac, voucher.mac) ELSE COALESCE(voucher.mac, target.mac) END
      FROM voucher WHERE target.id = voucher.id AND target.xmin::text = voucher.version
      RETURNING voucher.place
    ), guest_login AS MATERIALIZED (
      SELECT q.*, locked.id FROM q CROSS JOIN LATERAL (
        SELECT id FROM guest_logins WHERE id = q.guest_login_id AND xmin::text = q.version FOR NO KEY UPDATE ${locking}
      ) AS locked
    ), bound_guest_logins AS (
      UPDATE guest_logins target SET first_login_at = COALESCE(target.first_login_at, guest_login.now),
        last_login_at = GREATEST(target.last_login_at, guest_login.now)
      FROM guest_login WHERE target.id = guest_login.id AND target.xmin::text = guest_login.version
      RETURNING guest_login.place
    ), bound AS MATERIALIZED (
      SELECT place FROM bound_vouchers UNION ALL SELECT place FROM bound_guest_logins
    )${isUsed ? superseding(locking) : Prisma.empty}, opened AS (
      INSERT INTO guest_sessions (site_id, nas_id, nas_address, class_ref, acct_session_id, request_authenticator, voucher_id, guest_login_id,
        login, method, mac, address, started_at, last_update_at, counters_moved_at)
      SELECT q.site_id, q.nas_id, q.nas_address, q.class_ref, q.acct_session_id, q.authenticator, q.voucher_id, q.guest_login_id,
        q.login, q.method, q.mac, q.address, q.now, q.now, q.now
      FROM bound JOIN q ON q.place = bound.place WHERE NOT EXISTS (SELECT FROM known WHERE known.place = q.place)
      RETURNING id, site_id, nas_id, login, method, mac, address, started_at
    ), entry AS (
      INSERT INTO login_log (site_id, nas_id, guest_session_id, login, method, mac, address, at, accepted)
      SELECT site_id, nas_id, id, login, method, mac, address, started_at, true FROM opened
    )
    SELECT q.place, COALESCE(known.class_ref, q.class_ref) AS "classRef"
    FROM bound JOIN q ON q.place = bound.place LEFT JOIN known ON known.place = q.place`;
  const byPlace = new Map(rows.map(({ place, classRef }) => [place, classRef]));
  return sessions.map((_, place) => byPlace.get(place) ?? null);
}

/** The sessions that the logins have already, and of each the one that is asked for again, if it is. */
const EARLIER = Prisma.sql`own AS MATERIALIZED (
      SELECT q.place, session.* FROM q CROSS JOIN LATERAL (SELECT * FROM guest_sessions WHERE voucher_id = q.voucher_id OFFSET 0) AS session
      UNION ALL
      SELECT q.place, session.* FROM q CROSS JOIN LATERAL (
        SELECT * FROM guest_sessions WHERE guest_login_id = q.guest_login_id OFFSET 0
      ) AS session
    ), known AS MATERIALIZED (
      SELECT DISTINCT ON (q.place) q.place, own.class_ref, COALESCE(own.request_authenticator = q.authenticator, false) AS is_repeat
      FROM q JOIN own ON own.place = q.place
      WHERE own.nas_id = q.nas_id AND (own.request_authenticator = q.authenticator OR own.ended_at IS NULL AND own.mac = q.mac
        AND (own.acct_session_id = q.acct_session_id
          OR (own.acct_session_id IS NULL AND own.started_at > q.now - make_interval(secs => ${ASKS_AGAIN_SECONDS}::int))))
      ORDER BY q.place, is_repeat DESC, own.id DESC
    )`;
/** Nobody has any: a fifth less work for the database. */
const NONE_EARLIER = Prisma.sql`known AS NOT MATERIALIZED (SELECT 0 AS place, '' AS class_ref WHERE false)`;

/** Ends the earlier sessions of the devices that come anew. */
function superseding(locking: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`, ending AS MATERIALIZED (
      SELECT locked.id FROM (
        SELECT DISTINCT own.id FROM own JOIN q ON q.place = own.place WHERE own.ended_at IS NULL AND own.mac = q.mac
      ) AS earlier CROSS JOIN LATERAL (
        SELECT id FROM guest_sessions WHERE id = earlier.id FOR NO KEY UPDATE ${locking}
      ) AS locked
    ), superseded AS (
      UPDATE guest_sessions session SET ended_at = GREATEST(session.started_at, q.now), terminate_cause = 'superseded'
      FROM bound JOIN q ON q.place = bound.place JOIN own ON own.place = q.place JOIN ending ON ending.id = own.id
      WHERE session.id = ending.id AND own.mac = q.mac AND COALESCE(session.ended_at, 'infinity') = 'infinity'
        AND NOT EXISTS (SELECT FROM known WHERE known.place = own.place AND (known.is_repeat OR known.class_ref = own.class_ref))
    )`;
}

function toRow({ attempt, found, expiresAt, classRef }: NewSession, place: number) {
  return {
    place,
    nas_id: attempt.nasId,
    nas_address: attempt.nasAddress,
    login: attempt.login,
    mac: attempt.mac,
    authenticator: attempt.authenticator,
    now: attempt.now,
    site_id: found.siteId,
    method: found.method,
    bind_mac: found.bindMac,
    version: found.version,
    voucher_id: found.kind === 'voucher' ? found.id : null,
    guest_login_id: found.kind === 'guest-login' ? found.id : null,
    expires_at: expiresAt,
    class_ref: classRef,
    acct_session_id: attempt.acctSessionId,
    address: attempt.address,
  };
}
