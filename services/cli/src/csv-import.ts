import { randomUUID } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { isJson, toJson } from './api.ts';
import type { Cli } from './cli.ts';
import { fromSafeCell } from './csv-cell.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { remark, sayJson } from './output.ts';
import { startProgress } from './progress.ts';

/** What to import, and from where. */
export interface ImportOrder {
  /** `users`, `keys`, `vouchers`. */
  readonly kind: string;
  readonly scope: Readonly<Record<string, number>>;
  readonly file: string;
  /** Cells for rows that have none of their own. */
  readonly defaults: Readonly<Record<string, string>>;
}

interface Row {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** Columns of an export that only tell: an import makes them anew. */
const TOLD: Readonly<Record<string, readonly string[]>> = { users: ['id', 'created_at'], keys: ['id'], vouchers: ['id', 'created_at'] };
const ROWS_AT_A_TIME = 500;
/** Below the largest body that the gateway takes. */
const BYTES_AT_A_TIME = 180_000;

/**
 * Imports a CSV file in constant memory: all rows of it, or none. A row that cannot be taken is named with its line.
 * @throws CliError
 */
export async function importCsv(cli: Cli, order: ImportOrder): Promise<void> {
  const { kind, scope, file } = order;
  const path = `/admin/v1/imports/${kind}/${randomUUID()}`;
  const progress = startProgress(cli, kind, sizeOf(file));
  let isTaken = false;
  try {
    const rows = await handIn(cli, path, order, (bytes) => progress.set(bytes));
    if (rows === 0) throw new CliError(`${file} has no rows.`, EXIT.usage);
    progress.set(0, rows);
    await takeAll(cli, path, { scope, rows }, (count) => progress.set(count));
    isTaken = true;
    progress.set(rows);
    progress.stop();
    if (cli.isJson) sayJson(cli, { imported: rows });
    else remark(cli, `${rows} ${kind} are imported.`);
  } finally {
    progress.stop();
    // What was handed in is of no use any more; it would be forgotten in a day.
    if (!isTaken) await cli.api.call('DELETE', path).catch(() => undefined);
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  }
}

async function handIn(cli: Cli, path: string, order: ImportOrder, onBytes: (bytes: number) => void): Promise<number> {
  let batch: Row[] = [];
  let size = 0;
  let total = 0;
  const send = async (bytes: number) => {
    if (batch.length === 0) return;
    await cli.api.call('POST', `${path}/rows`, { body: { rows: batch } }).catch((error: unknown) => rethrow(error, batch));
    total += batch.length;
    [batch, size] = [[], 0];
    onBytes(bytes);
  };
  let end = 0;
  for await (const { row, bytes } of readCsv(order)) {
    const rowSize = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (batch.length >= ROWS_AT_A_TIME || size + rowSize > BYTES_AT_A_TIME) await send(bytes);
    batch.push(row);
    size += rowSize;
    end = bytes;
  }
  await send(end);
  return total;
}

/** The server names rows by where they stand in what it was sent; people, by where they stand in the file. */
function rethrow(error: unknown, batch: readonly Row[]): never {
  if (!(error instanceof CliError)) throw error;
  const text = error.message.replace(
    /^ {2}rows\.(\d+)\.(?:values\.)?(\S*)/gm,
    (_all, index: string, name: string) => `  line ${batch[Number(index)]?.line}: ${name}`,
  );
  throw new CliError(`Nothing was imported. ${text}`, error.exitCode);
}

async function* readCsv({ file, kind, defaults }: ImportOrder): AsyncGenerator<{ readonly row: Row; readonly bytes: number }> {
  const parser = parse({
    bom: true,
    columns: (heading: string[]) => checkHeading(heading),
    info: true,
    skip_empty_lines: true,
    relax_quotes: false,
  });
  const reading = pipeline(createReadStream(file), parser);
  // Told by the reading of the rows.
  reading.catch(() => undefined);
  const told = new Set(TOLD[kind]);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number; bytes: number };
    }>) {
      const cells = Object.entries(record).filter(([name, text]) => text !== '' && !told.has(name));
      const values = { ...defaults, ...Object.fromEntries(cells.map(([name, text]) => [name, fromSafeCell(text)])) };
      yield { row: { line: info.lines - countBreaks(record), values }, bytes: info.bytes };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new CliError(`Nothing was imported. ${file} is no CSV: ${explain(error)}`, EXIT.refused);
    throw error;
  }
}

function checkHeading(heading: readonly string[]): string[] {
  const names = heading.map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CliError(`Nothing was imported. The column ${JSON.stringify(twice)} is there twice.`, EXIT.refused);
  return names;
}

/** A row whose cells have line breaks in them is told of where it ends; its first line is meant. */
function countBreaks(record: Readonly<Record<string, string>>): number {
  return Object.values(record).reduce((sum, text) => sum + (text.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

/** The parser's own texts hold what stands in the file. */
function explain({ code, ...error }: CsvError): string {
  const line: unknown = 'lines' in error ? error.lines : undefined;
  const at = typeof line === 'number' ? `line ${line}: ` : '';
  const isCount = code === 'CSV_RECORD_INCONSISTENT_COLUMNS' || code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH';
  return `${at}${isCount ? 'it has another number of cells than the heading' : 'its quotes do not match'} [${code}]`;
}

async function takeAll(
  cli: Cli,
  path: string,
  body: { readonly scope: object; readonly rows: number },
  onRows: (rows: number) => void,
): Promise<void> {
  for await (const text of cli.api.lines('POST', path, { body })) {
    const { progress, problem, imported } = toJson(text);
    if (isJson(progress)) onRows(Number(progress.rows));
    if (imported !== undefined) return;
    if (!isJson(problem)) continue;
    const where = Number(problem.line) > 0 ? `line ${Number(problem.line)}: ` : '';
    throw new CliError(`Nothing was imported. ${where}${String(problem.reason)}`, EXIT.refused);
  }
  throw new CliError('The answer broke off: whether the file was imported is not known.', EXIT.unreachable);
}
