import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { itemsOf, type Json } from '../api.ts';
import { act, type Cli } from '../cli.ts';
import { type Column, say, showRows } from '../output.ts';
import { parseCount } from '../parse.ts';
import type { Terminal } from '../terminal.ts';
import type { VerifyOptions } from '../verify-log.ts';

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
    .action(
      act<VerifyOptions>(terminal, async (cli, options) => {
        const { verify } = await import('../verify-log.ts');
        await verify(cli, options);
      }),
    );
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
