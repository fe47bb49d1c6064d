import type { Command } from 'commander';
import { act } from '../cli.ts';
import { exportCsv } from '../csv-export.ts';
import { importCsv } from '../csv-import.ts';
import { parseId } from '../parse.ts';
import type { Terminal } from '../terminal.ts';

interface CsvOptions {
  readonly seller?: number;
  readonly site?: number;
  readonly provider?: number;
  readonly service?: number;
  readonly force?: boolean;
}

/** `export` and `import` of a kind of rows, below its command. */
export function addCsvCommands(parent: Command, kind: 'users' | 'keys' | 'vouchers', terminal: Terminal): void {
  const exporting = withScope(parent.command('export <file>'), kind)
    .description('write all of them to a CSV file (-: the output)')
    .option('--force', 'write over a file that is there')
    .action(
      act<CsvOptions>(terminal, (cli, options, file = '') =>
        exportCsv(cli, { kind, file, scope: scopeOf(options), isForced: options.force === true }),
      ),
    );
  const importing = withScope(parent.command('import <file>'), kind)
    .description('read a CSV file with a heading, as export writes it: all of its rows, or none')
    .action(
      act<CsvOptions>(terminal, (cli, options, file = '') =>
        importCsv(cli, { kind, file, scope: scopeOf(options), defaults: defaultsOf(options) }),
      ),
    );
  if (kind === 'keys') {
    importing
      .option('--provider <id>', 'provider of rows that name none', parseId)
      .option('--service <id>', 'service of rows that name none', parseId);
  }
  if (kind === 'users') exporting.addHelpText('after', '\nPasswords are not in it.');
}

function withScope(command: Command, kind: string): Command {
  if (kind === 'keys') return command.requiredOption('--seller <user>', 'whose keys', parseId);
  if (kind === 'vouchers') return command.requiredOption('--site <id>', 'whose vouchers', parseId);
  return command;
}

function scopeOf({ seller, site }: CsvOptions): Record<string, number> {
  return { ...(seller === undefined ? {} : { seller }), ...(site === undefined ? {} : { site }) };
}

function defaultsOf({ provider, service }: CsvOptions): Record<string, string> {
  return {
    ...(provider === undefined ? {} : { provider_id: String(provider) }),
    ...(service === undefined ? {} : { service_id: String(service) }),
  };
}
