import type { Database } from '@gatehouse/db';

interface OfSeller {
  readonly sellerId: number;
  readonly memberId: number;
  readonly now: Date;
}

/** Bans a member for a seller, or gives the ban a new reason. A trigger of the table ends the Sessions of their keys. */
export async function banMember(db: Database, { sellerId, memberId, reason, now }: OfSeller & { reason: string | null }): Promise<void> {
  await db.execute`
    INSERT INTO seller_bans (seller_id, member_id, reason, created_at) VALUES (${sellerId}, ${memberId}, ${reason}, ${now})
    ON CONFLICT (seller_id, member_id) DO UPDATE
    SET reason = excluded.reason, lifted_at = NULL,
        created_at = CASE WHEN seller_bans.lifted_at IS NULL THEN seller_bans.created_at ELSE excluded.created_at END`;
}

/** Lifts a seller's ban of a member, if there is one. */
export async function unbanMember(db: Database, { sellerId, memberId, now }: OfSeller): Promise<void> {
  await db.execute`
    UPDATE seller_bans SET lifted_at = ${now} WHERE seller_id = ${sellerId} AND member_id = ${memberId} AND lifted_at IS NULL`;
}

/** Withdraws the Web API from a member of a seller. */
export async function revokeApi(db: Database, { sellerId, memberId, now }: OfSeller): Promise<void> {
  await db.execute`
    INSERT INTO seller_revocations (seller_id, member_id, created_at) VALUES (${sellerId}, ${memberId}, ${now}) ON CONFLICT DO NOTHING`;
}

/** Gives the Web API back to a member of a seller. */
export async function grantApi(db: Database, { sellerId, memberId }: OfSeller): Promise<void> {
  await db.execute`DELETE FROM seller_revocations WHERE seller_id = ${sellerId} AND member_id = ${memberId}`;
}

/** A call of the Web API as the audit log has it. */
export interface AttemptRow {
  readonly at: Date;
  readonly username: string | null;
  readonly endpoint: string;
  readonly key_last4: string | null;
  readonly address: string;
  readonly status: number;
  readonly outcome: string;
}

/** The last calls with a seller's keys, newest first. */
export function findAttempts(db: Database, sellerId: number, count: number): Promise<AttemptRow[]> {
  return db.query<AttemptRow>`
    SELECT a.at, COALESCE(u.login, u.name) AS username, a.endpoint, a.key_last4, a.address, a.status, a.outcome
    FROM (SELECT at, id, principal, endpoint, key_last4, address, status, outcome FROM audit_log
          WHERE owner_id = ${sellerId} AND dialect = 'web-api' ORDER BY at DESC, id DESC LIMIT ${count}) a
    LEFT JOIN users u ON u.id = CASE WHEN a.principal ~ '^user:\\d{1,9}$' THEN substr(a.principal, 6)::int END
    ORDER BY a.at DESC, a.id DESC`;
}
