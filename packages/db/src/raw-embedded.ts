import { types } from 'node:util';
import { type PGlite, types as pgTypes } from '@electric-sql/pglite';
import { Prisma } from './generated/client.ts';
import type { RawResult } from './raw-postgres.ts';

/**
 * Runs a statement past Prisma, with the same types in and out as `runOnPostgres`. PGlite holds it back while a transaction is open.
 */
export async function runOnEmbedded(on: Pick<PGlite, 'query'>, sql: Prisma.Sql): Promise<RawResult> {
  const { rows, affectedRows } = await on.query(sql.text, sql.values.map(toParameter), { parsers, serializers });
  return { rows, count: affectedRows ?? 0 };
}

/** PGlite takes no numbers of others' making, and no bigint where text is asked for. */
function toParameter(value: unknown): unknown {
  if (typeof value === 'bigint' || Prisma.Decimal.isDecimal(value)) return value.toString();
  if (types.isDate(value)) return value.toISOString();
  return Array.isArray(value) ? value.map(toParameter) : value;
}

/** PGlite's own writes each byte as a text of its own. */
const serializers = { [pgTypes.BYTEA]: (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}` };

/** The types that PGlite reads otherwise than Prisma does: their oid, that of their array, and how to read them (pg_type.dat). */
const TYPES: readonly (readonly [oid: number, arrayOid: number, parse: (text: string) => unknown])[] = [
  [pgTypes.INT8, 1016, (int8) => BigInt(int8)],
  [pgTypes.TIMESTAMP, 1115, (timestamp) => new Date(`${timestamp.replace(' ', 'T')}Z`)],
  [pgTypes.NUMERIC, 1231, (numeric) => new Prisma.Decimal(numeric)],
];

const parsers: Record<number, pgTypes.Parser> = {};
for (const [oid, arrayOid, parse] of TYPES) {
  parsers[oid] = parse;
  parsers[arrayOid] = (text) => pgTypes.arrayParser(text, parse, arrayOid);
}
