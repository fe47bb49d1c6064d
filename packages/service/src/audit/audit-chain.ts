import { createHmac } from 'node:crypto';
import { type Attempt, redact } from '@gatehouse/http';

/** A row of `audit_log` as it is written and as its chain is computed. */
export interface AuditRow {
  readonly at: Date;
  readonly requestId: string;
  readonly dialect: string;
  readonly endpoint: string;
  readonly principal: string | null;
  readonly ownerId: number | null;
  readonly keyLast4: string | null;
  readonly address: string;
  readonly outcome: string;
  readonly status: number;
  readonly durationMs: number;
  readonly writer: string;
  readonly seq: bigint;
}

/** A row with its link of the chain. */
export interface ChainedRow extends AuditRow {
  readonly mac: Uint8Array;
}

/** A row that is to be written: its columns as a JSON array in the order of {@link AuditRow}, and its link of the chain. */
export interface RowToWrite {
  readonly columns: string;
  readonly seq: bigint;
  readonly mac: Buffer;
}

/** The last row of a chain so far: its number and its HMAC. */
export interface ChainTail {
  readonly seq: bigint;
  readonly mac: Uint8Array;
}

/** Where a chain begins. */
export const CHAIN_START: ChainTail = { seq: 0n, mac: Buffer.alloc(32) };

/** The vault's purpose of the key that chains are computed with. */
export const CHAIN_PURPOSE = 'audit-chain';

const LONGEST_TEXT = 200;
/** Most texts: nothing in them has to be mended. */
const PLAIN = /^[\x20-\x7e]{0,200}$/;

/** The HMAC of a row of the chain: over the one before it and every column. */
export function chainMac(row: AuditRow, before: Uint8Array, key: Buffer): Buffer {
  return link(endColumns(beginColumns(row), row.writer, row.seq), before, key);
}

/**
 * What an attempt fills of its row, as the beginning of a JSON array. Attempts wait for their batch as this one text: objects that
 * live so long would have to be moved and cleared away by the engine.
 */
export function describeAttempt(attempt: Attempt): string {
  return beginColumns({
    at: attempt.at,
    requestId: toText(attempt.requestId),
    dialect: toText(attempt.dialect),
    endpoint: toText(redact(attempt.endpoint)),
    principal: attempt.principal === undefined ? null : toText(attempt.principal),
    ownerId: attempt.ownerId ?? null,
    keyLast4: attempt.last4 === undefined ? null : toText(attempt.last4.slice(-4)),
    address: toText(attempt.address),
    outcome: toText(redact(attempt.outcome)),
    status: attempt.status,
    durationMs: Math.round(attempt.durationMs),
  });
}

/** Makes the rows of attempts, linked to the chain's tail. The same attempts at the same tail give the same rows. */
export function chainAttempts(described: readonly string[], writer: string, tail: ChainTail, key: Buffer): RowToWrite[] {
  let { seq, mac: before } = tail;
  return described.map((beginning) => {
    seq += 1n;
    const columns = endColumns(beginning, writer, seq);
    const mac = link(columns, before, key);
    before = mac;
    return { columns, seq, mac };
  });
}

function beginColumns(row: Omit<AuditRow, 'writer' | 'seq'>): string {
  const columns = [
    row.at.toISOString(),
    row.requestId,
    row.dialect,
    row.endpoint,
    row.principal,
    row.ownerId,
    row.keyLast4,
    row.address,
    row.outcome,
    row.status,
    row.durationMs,
  ];
  return JSON.stringify(columns).slice(0, -1);
}

function endColumns(beginning: string, writer: string, seq: bigint): string {
  return `${beginning},${JSON.stringify(writer)},"${seq}"]`;
}

function link(columns: string, before: Uint8Array, key: Buffer): Buffer {
  return createHmac('sha256', key).update(before).update(columns).digest();
}

/** Text that comes back from the database as it went in: no NUL and no half of a surrogate pair, or the batch would never be taken. */
function toText(text: string): string {
  if (PLAIN.test(text)) return text;
  return Buffer.from(text.slice(0, LONGEST_TEXT).replaceAll('\0', '')).toString();
}
