import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { isJson, toJson } from './api.ts';
import type { Cli } from './cli.ts';
import { toSafeCell } from './csv-cell.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { remark, sayJson } from './output.ts';
import { startProgress } from './progress.ts';

/** What to export, and where to. */
export interface ExportOrder {
  /** `users`, `keys`, `vouchers`. */
  readonly kind: string;
  readonly scope: Readonly<Record<string, number>>;
  /** `-` is the output. */
  readonly file: string;
  readonly isForced: boolean;
}

/** Writes a CSV file (RFC 4180, UTF-8, with a heading), row by row as they come. A file is whole or not there. */
export async function exportCsv(cli: Cli, { kind, scope, file, isForced }: ExportOrder): Promise<void> {
  const isOutput = file === '-';
  if (!isOutput && !isForced && existsSync(file)) throw new CliError(`${file} is there already: --force writes over it.`, EXIT.usage);
  const draft = `${file}.part`;
  const progress = startProgress(cli, kind, 0);
  let count = 0;
  let end: number | undefined;
  async function* readRows(): AsyncGenerator<Record<string, string>> {
    for await (const text of cli.api.lines('GET', `/admin/v1/exports/${kind}`, { query: scope })) {
      const { row, end: last } = toJson(text);
      if (isJson(last)) end = Number(last.rows);
      if (!isJson(row)) continue;
      yield Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toSafeCell(value)]));
      count += 1;
      if (count % 500 === 0) progress.set(count);
    }
    if (end !== count) throw new CliError('The export broke off before its end.', EXIT.unreachable);
  }
  try {
    const csv = stringify({ header: true });
    if (isOutput) await pipeline(Readable.from(readRows()), csv, cli.terminal.output, { end: false });
    else await pipeline(Readable.from(readRows()), csv, createWriteStream(draft, { mode: 0o600 }));
    if (!isOutput) await rename(draft, file);
    progress.set(count);
    progress.stop();
    if (cli.isJson && !isOutput) sayJson(cli, { file, rows: count });
    remark(cli, `${count} ${kind} are in ${isOutput ? 'the output' : file}.`);
  } finally {
    progress.stop();
    if (!isOutput) await rm(draft, { force: true });
  }
}
