import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { readVersion } from '@gatehouse/config';
import { BackupRefused, restoreBackup, writeBackup } from '@gatehouse/db';
import { isJson, toJson } from './api.ts';
import type { Cli } from './cli.ts';
import { CliError, codeOf, EXIT } from './exit-codes.ts';
import { remark, sayJson } from './output.ts';
import { openOwnDatabase, openVault } from './own-database.ts';
import { type Progress, startProgress } from './progress.ts';
import { splitLines } from './split-lines.ts';

/** Options of `backup`. */
export interface BackupOptions {
  readonly offline?: boolean;
  readonly force?: boolean;
}

/** Options of `restore`. */
export interface RestoreOptions {
  readonly yes?: boolean;
}

const SILENT = { info: () => undefined, warn: () => undefined };

/** Writes a backup: of the server's database, or of the one that the settings name. A file is whole or not there. */
export async function backup(cli: Cli, { offline, force }: BackupOptions, file: string): Promise<void> {
  if (existsSync(file) && force !== true) throw new CliError(`${file} is there already: --force writes over it.`, EXIT.usage);
  const draft = `${file}.part`;
  const progress = startProgress(cli, 'rows', 0);
  try {
    const lines = offline === true ? readDatabase(cli, progress) : readServer(cli, progress);
    let end: number | undefined;
    const text = Readable.from(
      (async function* () {
        for await (const line of lines) {
          if (line.startsWith('{"end":')) end = readEnd(line);
          yield `${line}\n`;
        }
      })(),
    );
    await pipeline(text, createGzip(), createWriteStream(draft, { mode: 0o600 }));
    if (end === undefined) throw new CliError('The backup broke off before its end.', EXIT.unreachable);
    await rename(draft, file);
    progress.stop();
    if (cli.isJson) sayJson(cli, { file, rows: end });
    remark(
      cli,
      `${end} rows are in ${file}. What is sealed in it needs the DATA_KEY, which is not in it: keep that apart from it, and safe.`,
    );
  } finally {
    progress.stop();
    await rm(draft, { force: true });
  }
}

function readEnd(line: string): number {
  const { end } = toJson(line);
  return isJson(end) ? Number(end.rows) : 0;
}

async function* readServer(cli: Cli, progress: Progress): AsyncGenerator<string> {
  for await (const line of cli.api.lines('GET', '/admin/v1/backup')) {
    if (!line.startsWith('{"progress":')) yield line;
    else progress.set(Number(Object(toJson(line).progress).rows));
  }
}

/** Turns the writer, which waits for its reader, into something to be read. */
async function* readDatabase(cli: Cli, progress: Progress): AsyncGenerator<string> {
  const { db, vault } = await openOwnDatabase(cli.config);
  const channel = new TransformStream<string, string>();
  const writer = channel.writable.getWriter();
  const work = writeBackup({
    db,
    vault,
    version: readVersion(),
    now: new Date(),
    write: (text) => writer.write(text),
    onProgress: (rows) => progress.set(rows),
  }).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  try {
    yield* splitLines(channel.readable);
    await work;
  } finally {
    await db.close();
  }
}

/** Restores a backup. @throws BackupRefused, DatabaseInUse, DataDirInUse: nothing is changed then */
export async function restore(cli: Cli, { yes }: RestoreOptions, file: string): Promise<void> {
  const { databaseUrl, dataDir } = cli.config;
  const vault = openVault(cli.config);
  const where = databaseUrl === undefined ? `the embedded database in ${dataDir}` : 'the PostgreSQL of DATABASE_URL';
  await cli.makeSure(`Put ${file} in the place of everything in ${where}?`, yes);
  const progress = startProgress(cli, 'rows', 0);
  try {
    const restored = await restoreBackup({
      open: () => readFile(file),
      vault,
      databaseUrl: databaseUrl?.reveal(),
      dataDir,
      log: SILENT,
      now: new Date(),
      onProgress: (rows) => progress.set(rows),
    });
    await setCheckpointsAside(dataDir);
    progress.stop();
    if (cli.isJson) sayJson(cli, restored);
    remark(cli, `${restored.rows} rows of ${restored.createdAt} are in ${where}.`);
    if (restored.keptAt !== null) remark(cli, `What was there before is in ${restored.keptAt}: delete it when it is not needed.`);
  } finally {
    progress.stop();
  }
}

async function* readFile(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  const text = createGunzip();
  const piping = pipeline(input, text);
  // Told by the reading below.
  piping.catch(() => undefined);
  try {
    yield* splitLines(text.setEncoding('utf8') as AsyncIterable<string>);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') throw new CliError(`${file} cannot be read (${code}).`, EXIT.usage);
    if (code === 'Z_BUF_ERROR') throw new BackupRefused('This backup is not whole: its end is missing.');
    if (code?.startsWith('Z_')) throw new BackupRefused('This is not a backup of Gatehouse.');
    throw error;
  }
}

/** They tell of rows written after the backup, which are rightly gone; they are kept, to be looked at. */
async function setCheckpointsAside(dataDir: string): Promise<void> {
  const file = join(dataDir, 'audit-checkpoints.log');
  if (existsSync(file)) await rename(file, `${file}.before-restore-${new Date().toISOString().replaceAll(/[^0-9]/g, '')}`);
}
