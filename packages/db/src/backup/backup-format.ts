import { Prisma } from '../generated/client.ts';

/** The first line of a backup. */
export interface BackupHeader {
  /** The form of the file. */
  readonly gatehouse_backup: 1;
  readonly version: string;
  readonly created_at: string;
  /** The migrations of the database that was backed up, as `name checksum`: only the same build takes it back. */
  readonly migrations: readonly string[];
  /** A value sealed under `DATA_KEY`, base64: who cannot open it could not open what is sealed in the tables either. */
  readonly sealed: string;
}

/** Begins a table; lines of rows follow. */
export interface BackupTable {
  readonly table: string;
  /** Names of columns, with their types in SQL. */
  readonly columns: readonly (readonly [name: string, type: string])[];
}

/** Rows of the table that was begun last; every value is PostgreSQL's own text of it. */
export interface BackupRows {
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Where the sequences stand; null: never used. */
export interface BackupSequences {
  readonly sequences: readonly (readonly [name: string, lastValue: string | null])[];
}

/** The last line. */
export interface BackupEnd {
  readonly end: {
    readonly rows: number /** HMAC-SHA-256 over all bytes before this line, under a key of `DATA_KEY`, hex. */;
    readonly mac: string;
  };
}

/** A line of a backup. */
export type BackupLine = BackupHeader | BackupTable | BackupRows | BackupSequences | BackupEnd;

/** The vault's purpose of the key that a backup is signed with, and the context of what its header seals. */
export const BACKUP_PURPOSE = 'backup';

/** What the header seals. */
export const BACKUP_PROOF = 'gatehouse backup';

/** Quotes an identifier for SQL. */
export function quoteName(name: string): Prisma.Sql {
  return Prisma.raw(`"${name.replaceAll('"', '""')}"`);
}
