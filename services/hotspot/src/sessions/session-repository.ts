import type { Database } from '@gatehouse/db';
import type { Slice } from '../voucher-api/list-reply.ts';

/** A guest on line. Bytes in are what the guest sent. */
export interface LiveSession {
  readonly id: number;
  readonly login: string;
  readonly mac: string | null;
  readonly address: string | null;
  readonly startedAt: Date;
  readonly countersMovedAt: Date;
  readonly bytesIn: bigint;
  readonly bytesOut: bigint;
}

/** Guests on line by session, upwards. */
export function listLiveSessions(db: Database, siteId: number, { after, skip, limit }: Slice): Promise<LiveSession[]> {
  return db.query<LiveSession>`
    SELECT id, login, mac, address, started_at AS "startedAt", counters_moved_at AS "countersMovedAt",
      bytes_in AS "bytesIn", bytes_out AS "bytesOut"
    FROM guest_sessions
    WHERE site_id = ${siteId} AND ended_at IS NULL AND id > ${after}
    ORDER BY id OFFSET ${skip} LIMIT ${limit}`;
}

/** A row of the login log with what became of the session. */
export interface LoginRow {
  readonly id: number;
  readonly login: string;
  readonly method: string | null;
  readonly mac: string | null;
  readonly address: string | null;
  readonly at: Date;
  readonly accepted: boolean;
  /** Why it was refused. */
  readonly reason: string | null;
  /** Null: refused, or its session is no longer kept. */
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly terminateCause: string | null;
  readonly bytesIn: bigint | null;
  readonly bytesOut: bigint | null;
}

/** The login log by id, upwards: who came on line, and who was refused. */
export function listLogins(db: Database, siteId: number, { after, skip, limit }: Slice): Promise<LoginRow[]> {
  return db.query<LoginRow>`
    SELECT log.id, log.login, log.method, COALESCE(session.mac, log.mac) AS mac, COALESCE(session.address, log.address) AS address, log.at,
      log.accepted, log.reason, session.started_at AS "startedAt", session.ended_at AS "endedAt",
      session.terminate_cause AS "terminateCause", session.bytes_in AS "bytesIn", session.bytes_out AS "bytesOut"
    FROM login_log log JOIN (
      SELECT id FROM login_log WHERE site_id = ${siteId} AND id > ${after} ORDER BY id OFFSET ${skip} LIMIT ${limit}
    ) AS slice ON slice.id = log.id
    LEFT JOIN guest_sessions session ON session.id = log.guest_session_id AND session.site_id = log.site_id
    ORDER BY log.id`;
}
