import { type Database, Prisma } from '@gatehouse/db';

/** A row of the audit log as operators see it. */
export interface AuditEntryRow {
  readonly id: bigint;
  readonly at: Date;
  readonly requestId: string;
  readonly dialect: string;
  readonly endpoint: string;
  readonly principal: string | null;
  readonly keyLast4: string | null;
  readonly address: string;
  readonly outcome: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Which rows to find: those that fit all that is given. */
export interface AuditFilter {
  readonly dialect?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly principal?: string | undefined;
  readonly outcome?: string | undefined;
  readonly address?: string | undefined;
  /** The first moment. */
  readonly from?: Date | undefined;
  /** The first moment that is too late. */
  readonly to?: Date | undefined;
}

/**
 * Rows of the audit log, newest first. There is an index for each filter in this order, so that a page reads little more than itself.
 * @param before the `[time in ms, id]` of the last row of the page before
 */
export function findAudit(db: Database, filter: AuditFilter, before: readonly number[] | null, limit: number): Promise<AuditEntryRow[]> {
  const { dialect, endpoint, principal, outcome, address, from, to } = filter;
  const [beforeMs = 0, beforeId = 0] = before ?? [];
  const conditions = [
    Prisma.sql`TRUE`,
    ...(dialect === undefined ? [] : [Prisma.sql`dialect = ${dialect}`]),
    ...(endpoint === undefined ? [] : [Prisma.sql`endpoint = ${endpoint}`]),
    ...(principal === undefined ? [] : [Prisma.sql`principal = ${principal}`]),
    ...(outcome === undefined ? [] : [Prisma.sql`outcome = ${outcome}`]),
    ...(address === undefined ? [] : [Prisma.sql`address = ${address}`]),
    ...(from === undefined ? [] : [Prisma.sql`at >= ${from}`]),
    ...(to === undefined ? [] : [Prisma.sql`at < ${to}`]),
    ...(before === null ? [] : [Prisma.sql`(at, id) < (${new Date(beforeMs)}, ${beforeId}::bigint)`]),
  ];
  return db.query<AuditEntryRow>`
    SELECT id, at, request_id AS "requestId", dialect, endpoint, principal, key_last4 AS "keyLast4", address, outcome, status,
      duration_ms AS "durationMs"
    FROM audit_log WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY at DESC, id DESC LIMIT ${limit}`;
}
