import Table from 'cli-table3';
import type { Json } from './api.ts';
import type { Cli } from './cli.ts';

/** A column of a table: its heading, and the member it shows (`membership.status`). */
export type Column = readonly [heading: string, member: string];

/** Says a line on the output. */
export function say(cli: Pick<Cli, 'terminal'>, text: string): void {
  cli.terminal.output.write(`${text}\n`);
}

/** Says a line beside the output, so that the output can be piped on. */
export function remark(cli: Cli, text: string): void {
  cli.terminal.errors.write(`${text}\n`);
}

/** A value as JSON, for `--json`. */
export function sayJson(cli: Pick<Cli, 'terminal'>, value: unknown): void {
  say(cli, JSON.stringify(value, null, cli.terminal.isOutputTerminal ? 2 : undefined));
}

const TABLE_ROWS = 200;

/** Shows rows as they come: a table on a terminal, columns between tabs elsewhere, a list of JSON with `--json`. */
export async function showRows(cli: Cli, rows: AsyncIterable<Json> | Iterable<Json>, columns: readonly Column[]): Promise<void> {
  if (cli.isJson) return showList(cli, rows);
  const headings = columns.map(([heading]) => heading);
  if (!cli.terminal.isOutputTerminal) {
    await showColumns(cli, rows, columns);
    return;
  }
  let part: Json[] = [];
  let isFirst = true;
  const flush = () => {
    if (part.length > 0 || isFirst)
      say(
        cli,
        drawTable(
          isFirst ? headings : [],
          part.map((row) => columns.map(([, member]) => cell(pick(row, member)))),
        ),
      );
    [part, isFirst] = [[], false];
  };
  for await (const row of rows) if (part.push(row) >= TABLE_ROWS) flush();
  if (part.length > 0 || isFirst) flush();
}

async function showColumns(cli: Cli, rows: AsyncIterable<Json> | Iterable<Json>, columns: readonly Column[]): Promise<void> {
  // With the first row, not before: when there is an error instead there is no output at all.
  let head = `${columns.map(([heading]) => heading).join('\t')}\n`;
  for await (const row of rows) {
    say(cli, head + columns.map(([, member]) => cell(pick(row, member))).join('\t'));
    head = '';
  }
  if (head !== '') cli.terminal.output.write(head);
}

async function showList(cli: Cli, rows: AsyncIterable<Json> | Iterable<Json>): Promise<void> {
  let separator = '[';
  for await (const row of rows) {
    cli.terminal.output.write(`${separator}\n${JSON.stringify(row)}`);
    separator = ',';
  }
  say(cli, separator === '[' ? '[]' : '\n]');
}

/** Shows one thing: a line a member, those within members by their path; JSON with `--json`. */
export function showRecord(cli: Cli, record: Json): void {
  const rows = flatten(record);
  if (cli.isJson) sayJson(cli, record);
  else if (cli.terminal.isOutputTerminal) say(cli, drawTable([], rows));
  else for (const [name, value] of rows) say(cli, `${name}\t${value}`);
}

function flatten(record: Json, prefix = ''): [string, string][] {
  return Object.entries(record).flatMap(([name, value]): [string, string][] => {
    const isInner = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return isInner ? flatten({ ...value }, `${prefix}${name}.`) : [[`${prefix}${name}`, cell(value)]];
  });
}

function pick(row: Json, member: string): unknown {
  return member
    .split('.')
    .reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), row);
}

/** Text of a cell. Control characters do not reach the terminal: a name could hold an escape sequence. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  };
  const inner = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };
  const table = new Table({
    head: [...head],
    chars: { ...none, ...inner },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
