import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  findCheckpoint,
  newestCheckpoints,
  openCheckpointFile,
  type SignedCheckpoint,
  toCheckpointRecord,
  verifyAudit,
} from '@gatehouse/service';
import type { Command } from 'commander';
import { isJson, itemsOf, type Json, toJson } from '../api.ts';
import { act, type Cli } from '../cli.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { type Column, remark, say, sayJson, showRows } from '../output.ts';
import { openOwnDatabase } from '../own-database.ts';
import { parseCount } from '../parse.ts';
import { startProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

const COLUMNS: readonly Column[] = [
  ['TIME', 'at'],
  ['DIALECT', 'dialect'],
  ['ENDPOINT', 'endpoint'],
  ['PRINCIPAL', 'principal'],
  ['KEY', 'key_last4'],
  ['ADDRESS', 'address'],
  ['STATUS', 'status'],
  ['OUTCOME', 'outcome'],
  ['MS', 'duration_ms'],
  ['REQUEST', 'request_id'],
];
const FOLLOW_MS = 1_000;
/** What one page of the audit log can hold. */
const MOST_ROWS = 200;

interface TailOptions {
  readonly lines: number;
  readonly follow?: boolean;
  readonly dialect?: string;
  readonly endpoint?: string;
  readonly principal?: string;
  readonly outcome?: string;
  readonly address?: string;
  readonly from?: string;
  readonly to?: string;
}

interface VerifyOptions {
  readonly checkpoints?: string;
  readonly offline?: boolean;
}

/** What a check says in the end, over the API and without it. */
interface Verdict {
  readonly rows: number;
  readonly writers: number;
  readonly problems: readonly { readonly text: string }[];
  readonly keyUnknown: boolean;
}

/** `audit tail` and `audit verify`. */
export function addAuditCommands(program: Command, terminal: Terminal): void {
  const audit = program.command('audit').description('who did what');
  audit
    .command('tail')
    .description('the last attempts, the newest below')
    .option('-n, --lines <count>', 'how many', parseCount, 20)
    .option('-f, --follow', 'go on with what comes')
    .option('--dialect <name>', 'of one API')
    .option('--endpoint <name>', 'of one endpoint or command')
    .option('--principal <name>', 'such as user:12, site:4, operator')
    .option('--outcome <code>', 'OK, or the code of a fault')
    .option('--address <address>', 'of one address')
    .option('--from <time>', 'from here on (ISO 8601)')
    .option('--to <time>', 'up to here')
    .action(act<TailOptions>(terminal, tail));
  audit
    .command('verify')
    .description('check that no row was changed, removed or added; ends with 5 when one was')
    .option('--checkpoints <file>', 'checkpoints kept elsewhere: a log, or audit-checkpoints.log (-: the input)')
    .option('--offline', 'without the server: on its database, as the settings name it')
    .action(act<VerifyOptions>(terminal, verify));
}

async function tail(cli: Cli, { lines, follow, ...filter }: TailOptions): Promise<void> {
  const rows: Json[] = [];
  for await (const row of cli.api.list('/admin/v1/audit', { ...filter }, lines)) rows.unshift(row);
  if (follow !== true) return showRows(cli, rows, COLUMNS);
  let last = 0;
  for (let fresh = rows; ; fresh = await newer(cli, filter, last)) {
    for (const row of fresh) {
      last = Math.max(last, Number(row.id));
      say(cli, cli.isJson ? JSON.stringify(row) : toLine(row));
    }
    await sleep(FOLLOW_MS);
  }
}

/** Rows after `last`, the oldest first. Rows of one batch come together, so ids tell new from seen. */
async function newer(cli: Cli, filter: Omit<TailOptions, 'lines' | 'follow'>, last: number): Promise<Json[]> {
  const page = await cli.api.call('GET', '/admin/v1/audit', { query: { ...filter, limit: MOST_ROWS } });
  return itemsOf(page)
    .filter(({ id }) => Number(id) > last)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

function toLine(row: Json): string {
  return COLUMNS.map(([, member]) => String(row[member] ?? '-')).join('  ');
}

async function verify(cli: Cli, { checkpoints, offline }: VerifyOptions): Promise<void> {
  const outside = checkpoints === undefined ? [] : await readCheckpoints(cli, checkpoints);
  const { rows, writers, problems, keyUnknown } = offline === true ? await verifyHere(cli, outside) : await verifyThere(cli, outside);
  if (cli.isJson) sayJson(cli, { rows, writers, key_unknown: keyUnknown, problems });
  else if (problems.length === 0) say(cli, `${rows} rows of ${writers} writers are as they were written.`);
  else for (const { text } of problems) say(cli, text);
  if (keyUnknown) remark(cli, 'Nothing in the log was written under this DATA_KEY: it is another one, or was lost.');
  if (problems.length > 0) throw new CliError('The audit log is not as it was written.', EXIT.failed);
}

async function readCheckpoints(cli: Cli, file: string): Promise<SignedCheckpoint[]> {
  const found: SignedCheckpoint[] = [];
  try {
    const input = file === '-' ? cli.terminal.input : createReadStream(file);
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const checkpoint = findCheckpoint(line);
      if (checkpoint !== null) found.push(checkpoint);
    }
  } catch {
    throw new CliError('--checkpoints names a file that cannot be read.', EXIT.usage);
  }
  if (found.length === 0) throw new CliError('--checkpoints names a file in which there is no checkpoint.', EXIT.usage);
  return newestCheckpoints(found);
}

async function verifyThere(cli: Cli, outside: readonly SignedCheckpoint[]): Promise<Verdict> {
  const body = { checkpoints: outside.map(toCheckpointRecord) };
  const progress = startProgress(cli, 'rows', 0);
  try {
    for await (const text of cli.api.lines('POST', '/admin/v1/audit/verify', { body })) {
      const line = toJson(text);
      if (isJson(line.progress)) progress.set(Number(line.progress.rows));
      if (isJson(line.verdict)) return toVerdict(line.verdict);
    }
  } finally {
    progress.stop();
  }
  throw new CliError('The answer broke off.', EXIT.unreachable);
}

function toVerdict({ rows, writers, problems, key_unknown }: Json): Verdict {
  const list = Array.isArray(problems) ? problems.filter(isJson) : [];
  return {
    rows: Number(rows),
    writers: Number(writers),
    problems: list.map((problem) => ({ ...problem, text: String(problem.text) })),
    keyUnknown: key_unknown === true,
  };
}

async function verifyHere(cli: Cli, given: readonly SignedCheckpoint[]): Promise<Verdict> {
  const { db, vault } = await openOwnDatabase(cli.config);
  const progress = startProgress(cli, 'rows', 0);
  try {
    const outside = [...given, ...(await openCheckpointFile(cli.config.dataDir).read())];
    const check = verifyAudit(db, vault, { outside });
    for (;;) {
      const step = await check.next();
      if (!step.done) {
        progress.set(step.value.rows);
        continue;
      }
      const problems = step.value.problems.map((problem) => ({ ...problem, seq: Number(problem.seq) }));
      return { ...step.value, problems };
    }
  } finally {
    progress.stop();
    await db.close();
  }
}
