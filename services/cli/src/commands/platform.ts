import type { Command } from 'commander';
import { isJson, type Json } from '../api.ts';
import { act } from '../cli.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { say, sayJson, showRecord, showRows } from '../output.ts';
import type { Terminal } from '../terminal.ts';

/** `settings` and `overview`. */
export function addPlatformCommands(program: Command, terminal: Terminal): void {
  const settings = program.command('settings').description('settings that hold while everything runs');
  settings
    .command('get [name]')
    .description('all of them, or one')
    .action(
      act(terminal, async (cli, _options, name = '') => {
        const all = await cli.api.call('GET', '/admin/v1/settings');
        if (name === '') return showRecord(cli, all);
        if (!Object.hasOwn(all, name))
          throw new CliError(`There is no setting ${JSON.stringify(name)}; there are ${Object.keys(all).join(', ')}.`, EXIT.usage);
        const value = all[name];
        if (cli.isJson) sayJson(cli, value);
        else say(cli, Array.isArray(value) ? value.join(',') : String(value));
      }),
    );
  settings
    .command('set <name=value...>')
    .description('change settings; lists go between commas')
    .action(
      act(terminal, async (cli, _options, ...given) => {
        const before = await cli.api.call('GET', '/admin/v1/settings');
        const body = Object.fromEntries(given.map((pair) => readPair(pair, before)));
        showRecord(cli, await cli.api.call('PATCH', '/admin/v1/settings', { body }));
      }),
    );
  program
    .command('overview')
    .description('counts for a dashboard')
    .action(
      act(terminal, async (cli) => {
        const { requests, ...counts } = await cli.api.call('GET', '/admin/v1/overview');
        if (cli.isJson) return sayJson(cli, { ...counts, requests });
        showRecord(cli, counts);
        say(cli, '');
        await showRows(cli, Array.isArray(requests) ? requests.filter(isJson) : [], [
          ['DIALECT', 'dialect'],
          ['LAST HOUR', 'hour.requests'],
          ['REFUSED', 'hour.refusals'],
          ['LAST DAY', 'day.requests'],
          ['REFUSED', 'day.refusals'],
        ]);
      }),
    );
}

/** `name=value`, the value in the type that the setting has. */
function readPair(pair: string, before: Json): [string, unknown] {
  const end = pair.indexOf('=');
  const [name, text] = [pair.slice(0, Math.max(end, 0)), pair.slice(end + 1)];
  if (end < 1 || !Object.hasOwn(before, name)) {
    throw new CliError(`Say name=value, where the name is one of ${Object.keys(before).join(', ')}.`, EXIT.usage);
  }
  const old = before[name];
  if (Array.isArray(old)) return [name, text === '' ? [] : text.split(',')];
  if (typeof old === 'boolean' && /^(true|false)$/.test(text)) return [name, text === 'true'];
  if (typeof old === 'number' && /^\d+$/.test(text)) return [name, Number(text)];
  if (typeof old === 'string') return [name, text];
  throw new CliError(`${name} is a ${typeof old}, such as ${String(old)}.`, EXIT.usage);
}
