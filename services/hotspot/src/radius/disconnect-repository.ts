import type { Database } from '@gatehouse/db';

/** A session as its access point knows it. */
export interface DisconnectTarget {
  readonly sessionId: number;
  readonly siteId: number;
  readonly login: string;
  readonly acctSessionId: string | null;
  readonly address: string | null;
  readonly mac: string | null;
  readonly nasAddress: string;
  readonly sealedSecret: Uint8Array;
}

/** Those of the sessions whose access point is listed still, and was heard from. */
export function findDisconnectTargets(db: Database, sessionIds: readonly number[]): Promise<DisconnectTarget[]> {
  return db.query<DisconnectTarget>`
    SELECT session.id AS "sessionId", session.site_id AS "siteId", session.login, session.acct_session_id AS "acctSessionId", session.address,
      session.mac, host(session.nas_address) AS "nasAddress", nas.secret AS "sealedSecret"
    FROM guest_sessions session JOIN nas ON nas.id = session.nas_id
    WHERE session.id = ANY(${[...sessionIds]}::int[]) AND session.nas_address IS NOT NULL`;
}

/** Ends live sessions on our side. @returns which ones were live */
export async function endSessionRows(db: Database, sessionIds: readonly number[], now: Date): Promise<number[]> {
  const rows = await db.query<{ id: number }>`
    UPDATE guest_sessions SET ended_at = ${now}, terminate_cause = 'Admin-Reset'
    WHERE id = ANY(${[...sessionIds]}::int[]) AND ended_at IS NULL RETURNING id`;
  return rows.map(({ id }) => id);
}
