import type { Database } from '@gatehouse/db';
import type Joi from 'joi';

/** A row of a file, with the line where it stands. */
export interface ImportedRow<Values> {
  readonly line: number;
  readonly values: Values;
}

/** A row of an export. */
export interface ExportedRow {
  /** Where it stands in the order of the export. */
  readonly id: number;
  /** The cells by the names of their columns. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A row that cannot be imported, and why. */
export class BadRow extends Error {
  override readonly name = 'BadRow';
  readonly line: number;
  readonly reason: string;

  /** @param reason a sentence without values; `email belongs to another user` */
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.line = line;
    this.reason = reason;
  }
}

/** What can be exported and imported in bulk. */
export interface BulkKind<Scope, Values> {
  /** Name in paths: `users`. */
  readonly name: string;
  /** Name in those of endpoints: `Users`. */
  readonly title: string;
  /** What all rows have in common, such as the site. */
  readonly scope: Joi.ObjectSchema<Scope>;
  /** A row as its cells are read: text is converted. */
  readonly row: Joi.ObjectSchema<Values>;
  /** @throws Fault NOT_FOUND when there is no such scope */
  exportRows(db: Database, scope: Scope, afterId: number, limit: number): Promise<readonly ExportedRow[]>;
  /** Begins an import. @throws Fault NOT_FOUND when there is no such scope */
  openImport(db: Database, scope: Scope, now: Date): Promise<RowWriter<Values>>;
}

/** Writes rows, a few hundred at a time, within the transaction of the whole import. @throws BadRow */
export type RowWriter<Values> = (rows: readonly ImportedRow<Values>[]) => Promise<void>;
