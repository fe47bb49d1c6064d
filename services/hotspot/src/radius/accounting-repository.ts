import type { Sql } from '@gatehouse/db';
import type { AccountingPacket } from './accounting-packet.ts';

/** What became of a session by a packet. */
export interface AccountedSession {
  readonly id: number;
  /** The Class of the packet. */
  readonly classRef: string;
  /** Whether it should not be on line although the access point says so: over its limit, run out, or ended by us. */
  readonly overdue: boolean;
}

/** A packet whose session is known by its Class. */
export type ClassedPacket = AccountingPacket & { readonly classRef: string };

/**
 * Adds what the packets tell to their sessions, and to the vouchers and guests' logins: only what the counters rose by, so that a
 * packet that comes again, or late, or out of order, adds nothing twice and loses nothing. A session that ended takes bytes still
 * but does not open again; one that was only taken for over does, when the packet proves that it went on.
 *
 * One statement for all. Vouchers are locked before sessions, each kind by id, as everywhere: no two can lock each other out. Rows are
 * locked one by one (LATERAL), so that the locks go by the indexes whatever the planner thinks of the tables.
 * @returns the sessions that were found
 */
export function accountPackets(db: Sql, packets: readonly ClassedPacket[], now: Date): Promise<AccountedSession[]> {
  return db.query<AccountedSession>`/* planned once */
    WITH packet AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(packets.map(toRow))}::text::json) AS packet (class_ref text, nas_id int,
        acct_session_id text, bytes_in bigint, bytes_out bigint, seconds int, mac text, address text, at timestamptz, alive boolean,
        stopped boolean, cause text)
    ), target AS (
      SELECT session.id, session.voucher_id, session.guest_login_id, packet.*
      FROM packet JOIN nas ON nas.id = packet.nas_id, LATERAL (
        SELECT id, voucher_id, guest_login_id, site_id FROM guest_sessions
        WHERE class_ref = ANY(ARRAY[packet.class_ref, packet.class_ref || ':' || packet.acct_session_id])
          AND (acct_session_id IS NULL OR packet.acct_session_id IS NULL OR acct_session_id = packet.acct_session_id)
        OFFSET 0
      ) AS session
      WHERE session.site_id = nas.site_id
    ), voucher AS MATERIALIZED (
      SELECT locked.* FROM (SELECT DISTINCT voucher_id FROM target ORDER BY voucher_id) AS asked CROSS JOIN LATERAL (
        SELECT id, bytes_in, bytes_out, upload_limit_mb::bigint * 1048576 AS upload_limit, download_limit_mb::bigint * 1048576 AS download_limit,
          expires_at
        FROM vouchers WHERE id = asked.voucher_id FOR NO KEY UPDATE
      ) AS locked
    ), login AS MATERIALIZED (
      SELECT locked.* FROM (SELECT DISTINCT guest_login_id FROM target ORDER BY guest_login_id) AS asked CROSS JOIN LATERAL (
        SELECT id, expires_at FROM guest_logins WHERE id = asked.guest_login_id FOR NO KEY UPDATE
      ) AS locked
    ), held AS MATERIALIZED (
      SELECT locked.* FROM (
        SELECT DISTINCT id FROM target WHERE (SELECT count(*) FROM voucher) + (SELECT count(*) FROM login) >= 0 ORDER BY id
      ) AS asked CROSS JOIN LATERAL (
        SELECT id, bytes_in, bytes_out FROM guest_sessions WHERE id = asked.id FOR NO KEY UPDATE
      ) AS locked
    ), accounted AS (
      UPDATE guest_sessions session SET
        acct_session_id = COALESCE(session.acct_session_id, target.acct_session_id),
        mac = COALESCE(session.mac, target.mac),
        address = COALESCE(target.address, session.address),
        bytes_in = GREATEST(session.bytes_in, target.bytes_in),
        bytes_out = GREATEST(session.bytes_out, target.bytes_out),
        session_seconds = GREATEST(session.session_seconds, target.seconds),
        counters_moved_at = CASE WHEN target.bytes_in > session.bytes_in OR target.bytes_out > session.bytes_out
          THEN GREATEST(session.counters_moved_at, target.at) ELSE session.counters_moved_at END,
        last_update_at = GREATEST(session.last_update_at, ${now}::timestamptz),
        ended_at = CASE WHEN target.stopped AND (session.ended_at IS NULL OR session.terminate_cause IN ('stale', 'superseded'))
            THEN GREATEST(session.started_at, target.at)
          WHEN session.terminate_cause IN ('stale', 'superseded') AND target.alive
            AND session.started_at + make_interval(secs => target.seconds) > session.ended_at
              + CASE session.terminate_cause WHEN 'stale' THEN interval '3 minutes' ELSE interval '0' END
            THEN NULL
          ELSE session.ended_at END,
        terminate_cause = CASE WHEN target.stopped AND (session.ended_at IS NULL OR session.terminate_cause IN ('stale', 'superseded'))
            THEN target.cause
          WHEN session.terminate_cause IN ('stale', 'superseded') AND target.alive
            AND session.started_at + make_interval(secs => target.seconds) > session.ended_at
              + CASE session.terminate_cause WHEN 'stale' THEN interval '3 minutes' ELSE interval '0' END
            THEN NULL
          ELSE session.terminate_cause END
      FROM held JOIN target USING (id)
      WHERE session.id = held.id
      RETURNING session.id, session.voucher_id, session.guest_login_id, session.ended_at, session.terminate_cause, target.class_ref,
        target.alive, session.bytes_in - held.bytes_in AS more_in, session.bytes_out - held.bytes_out AS more_out
    ), rise AS (
      SELECT voucher_id, guest_login_id, sum(more_in)::bigint AS more_in, sum(more_out)::bigint AS more_out
      FROM accounted GROUP BY voucher_id, guest_login_id
    ), charged_vouchers AS (
      UPDATE vouchers SET bytes_in = vouchers.bytes_in + rise.more_in, bytes_out = vouchers.bytes_out + rise.more_out
      FROM rise WHERE vouchers.id = rise.voucher_id AND (rise.more_in > 0 OR rise.more_out > 0)
    ), charged_logins AS (
      UPDATE guest_logins SET bytes_in = guest_logins.bytes_in + rise.more_in, bytes_out = guest_logins.bytes_out + rise.more_out
      FROM rise WHERE guest_logins.id = rise.guest_login_id AND (rise.more_in > 0 OR rise.more_out > 0)
    )
    SELECT accounted.id, accounted.class_ref AS "classRef", accounted.alive AND CASE
        WHEN accounted.ended_at IS NULL THEN COALESCE(voucher.bytes_in + rise.more_in >= voucher.upload_limit, false)
          OR COALESCE(voucher.bytes_out + rise.more_out >= voucher.download_limit, false)
          OR COALESCE(voucher.expires_at <= ${now}, login.expires_at <= ${now}, false)
        ELSE accounted.terminate_cause = 'Admin-Reset' END AS overdue
    FROM accounted
    LEFT JOIN voucher ON voucher.id = accounted.voucher_id
    LEFT JOIN login ON login.id = accounted.guest_login_id
    LEFT JOIN rise ON rise.voucher_id IS NOT DISTINCT FROM accounted.voucher_id
      AND rise.guest_login_id IS NOT DISTINCT FROM accounted.guest_login_id`;
}

function toRow({ classRef, nasId, acctSessionId, bytesIn, bytesOut, seconds, mac, address, at, alive, stopped, cause }: ClassedPacket) {
  return {
    class_ref: classRef,
    nas_id: nasId,
    acct_session_id: acctSessionId,
    bytes_in: bytesIn,
    bytes_out: bytesOut,
    seconds,
    mac,
    address,
    at,
    alive,
    stopped,
    cause,
  };
}

/**
 * Opens a row for a session that shares its Class with another: a device that goes from one access point to the next may keep the
 * Class and begin to count anew.
 */
export async function openSibling(db: Sql, { classRef, acctSessionId, nasId, at }: ClassedPacket, now: Date): Promise<void> {
  await db.execute`
    INSERT INTO guest_sessions (site_id, nas_id, nas_address, class_ref, acct_session_id, voucher_id, guest_login_id, login, method, mac, address,
      started_at, last_update_at, counters_moved_at)
    SELECT session.site_id, nas.id, session.nas_address, session.class_ref || ':' || ${acctSessionId}, ${acctSessionId}, session.voucher_id,
      session.guest_login_id, session.login, session.method, session.mac, session.address, ${at}, ${now}, ${at}
    FROM guest_sessions session JOIN nas ON nas.id = ${nasId} AND nas.site_id = session.site_id
    WHERE session.class_ref = ${classRef} AND session.acct_session_id <> ${acctSessionId}
    ON CONFLICT (class_ref) DO NOTHING`;
}

/** The Class of the session that a packet without one is about: the access point's latest by this name and number. */
export async function findClassRef(db: Sql, { nasId, login, acctSessionId, mac }: AccountingPacket): Promise<string | null> {
  const [row] = await db.query<{ classRef: string }>`
    SELECT class_ref AS "classRef" FROM guest_sessions
    WHERE nas_id = ${nasId} AND login = ${login}
      AND (acct_session_id = ${acctSessionId} OR (acct_session_id IS NULL AND ended_at IS NULL AND mac IS NOT DISTINCT FROM ${mac}))
    ORDER BY acct_session_id IS NULL, id DESC LIMIT 1`;
  return row?.classRef ?? null;
}

/** Ends the sessions of an access point that began anew, or is about to go: those that are older than its word (Accounting-On, -Off). */
export function endSessionsOfNas(db: Sql, nasId: number, nasAddress: string | null, before: Date): Promise<number> {
  return db.execute`
    UPDATE guest_sessions SET ended_at = ${before}, terminate_cause = 'NAS-Reboot'
    WHERE nas_id = ${nasId} AND ended_at IS NULL AND started_at <= ${before} AND (nas_address IS NULL OR nas_address = ${nasAddress}::inet)`;
}
