import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { Slice } from '../voucher-api/list-reply.ts';

/** A device that the site's agent sees. Times in seconds; bytes in are what the device sent. */
export interface SeenHost {
  readonly mac: string;
  readonly address: string | null;
  readonly toAddress: string | null;
  readonly hostName: string | null;
  readonly uptimeSeconds: number;
  readonly idleSeconds: number;
  readonly bytesIn: bigint;
  readonly bytesOut: bigint;
  readonly authorized: boolean;
  readonly bypassed: boolean;
}

/**
 * Puts a list in the place of the one before, in one transaction; of two lists at once, one is there whole.
 * @throws Fault NOT_FOUND when the site is gone
 */
export function replaceHosts(db: Database, siteId: number, hosts: readonly SeenHost[], now: Date): Promise<void> {
  const column = <T>(pick: (host: SeenHost) => T) => hosts.map(pick);
  return db.sqlTx(async (tx) => {
    // Whoever comes second waits here: without it two lists at once would both be there.
    const sites = await tx.query`SELECT id FROM sites WHERE id = ${siteId} FOR NO KEY UPDATE`;
    if (sites.length === 0) throw new Fault('NOT_FOUND', { detail: 'Site not found' });
    await tx.execute`DELETE FROM guest_hosts WHERE site_id = ${siteId}`;
    await tx.execute`
      INSERT INTO guest_hosts (site_id, mac, address, to_address, host_name, uptime, idle, bytes_in, bytes_out, authorized, bypassed, seen_at)
      SELECT ${siteId}::int, host.*, ${now}::timestamptz FROM unnest(
        ${column(({ mac }) => mac)}::text[], ${column(({ address }) => address)}::text[], ${column(({ toAddress }) => toAddress)}::text[],
        ${column(({ hostName }) => hostName)}::text[], ${column(({ uptimeSeconds }) => uptimeSeconds)}::int[],
        ${column(({ idleSeconds }) => idleSeconds)}::int[], ${column(({ bytesIn }) => bytesIn)}::bigint[],
        ${column(({ bytesOut }) => bytesOut)}::bigint[], ${column(({ authorized }) => authorized)}::boolean[],
        ${column(({ bypassed }) => bypassed)}::boolean[]) AS host`;
  });
}

/** A device on the guest network: seen by the agent, signed in, or both. */
export interface HostRow extends SeenHost {
  /** The beginning of its session and when its counters last moved there; null for one that is not signed in. */
  readonly startedAt: Date | null;
  readonly countersMovedAt: Date | null;
}

/**
 * Devices by MAC, upwards. Of a device that is signed in the session tells how long, how much and at which address; the agent
 * adds what it is called.
 */
export function listHosts(db: Database, siteId: number, { after, skip, limit }: Slice<string>): Promise<HostRow[]> {
  return db.query<HostRow>`
    SELECT COALESCE(session.mac, host.mac) AS mac, COALESCE(session.address, host.address) AS address, host.to_address AS "toAddress",
      host.host_name AS "hostName", COALESCE(host.uptime, 0) AS "uptimeSeconds", COALESCE(host.idle, 0) AS "idleSeconds",
      COALESCE(session.bytes_in, host.bytes_in) AS "bytesIn", COALESCE(session.bytes_out, host.bytes_out) AS "bytesOut",
      session.mac IS NOT NULL OR host.authorized AS authorized, COALESCE(host.bypassed, false) AS bypassed,
      session.started_at AS "startedAt", session.counters_moved_at AS "countersMovedAt"
    FROM (SELECT * FROM guest_hosts WHERE site_id = ${siteId} AND mac > ${after}) AS host
    FULL JOIN (
      SELECT DISTINCT ON (mac) mac, address, bytes_in, bytes_out, started_at, counters_moved_at
      FROM guest_sessions WHERE site_id = ${siteId} AND ended_at IS NULL AND mac > ${after} ORDER BY mac, id DESC
    ) AS session ON session.mac = host.mac
    ORDER BY 1 OFFSET ${skip} LIMIT ${limit}`;
}
