import type { Command } from 'commander';
import { isJson, type Json } from '../api.ts';
import { act, type Cli } from '../cli.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { addMembers, type MemberOption, toMembers } from '../members.ts';
import { type Column, showRecord, showRows } from '../output.ts';
import { parseAmount, parseCount, parseId, parseText } from '../parse.ts';
import { asSeller, type SellerOption } from '../seller-access.ts';
import { readInput, type Terminal } from '../terminal.ts';

const COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['KEY', 'key_value'],
  ['STATUS', 'status'],
  ['NAME', 'key_name'],
  ['PROVIDER', 'provider_name'],
  ['SERVICE', 'service_name'],
  ['EXPIRES', 'expires_at'],
  ['HWIDS', 'hwids.length'],
];

const yes = () => true;
const MEMBERS: readonly MemberOption[] = [
  ['--provider <id>', 'provider (needed)', 'provider_id', parseId],
  ['--service <id>', 'service', 'service_id', parseId],
  ['--name <text>', 'name', 'key_name', parseText],
  ['--validity-minutes <minutes>', "how long it lasts (0: for ever; left out: the provider's)", 'validity_minutes', parseAmount],
  ['--hwid-limit <count>', 'how many machines (0: any number)', 'hwid_limit', parseAmount],
  ['--discord-id <id>', 'Discord id', 'discord_id', parseText],
  ['--premium', 'a premium key', 'is_premium', yes],
  ['--one-time-use', 'good once', 'one_time_use', yes],
  ['--expiry-on-first-use', 'its time begins at its first use', 'expiry_on_first_use', yes],
  ['--no-bind', 'bound to no machine', 'no_hwid', yes],
];

interface ListOptions extends SellerOption {
  readonly search?: string;
  readonly status?: string;
  readonly provider?: number;
  readonly service?: number;
  readonly limit: number;
}

const PAGE_KEYS = 100;

/** `keys`: what a seller does, and the check that a program makes. CSV is in `csv.ts`. */
export function addKeyCommands(keys: Command, terminal: Terminal): void {
  const seller = (command: Command) => command.option('--seller <user>', 'whose keys (an operator needs it, a seller does not)', parseId);
  seller(addMembers(keys.command('create'), MEMBERS))
    .description('make a key')
    .action(
      act<SellerOption & { provider?: number }>(terminal, async (cli, options) => {
        const body = bodyOf(options);
        await asSeller(cli, options, 'rest-api:write', async (token) => {
          const { key } = await cli.api.call('POST', '/keys', { token, body });
          showRecord(cli, isJson(key) ? key : {});
        });
      }),
    );
  seller(addMembers(keys.command('batch <amount>'), MEMBERS))
    .description('make many at once')
    .action(
      act<SellerOption & { provider?: number }>(terminal, async (cli, options, amount = '') => {
        const body = { ...bodyOf(options), amount: parseCount(amount) };
        await asSeller(cli, options, 'rest-api:write', async (token) => {
          const reply = await cli.api.call('POST', '/keys/batch', { token, body });
          await showRows(cli, keysOf(reply), COLUMNS);
        });
      }),
    );
  seller(keys.command('list'))
    .description('keys, newest first')
    .option('--search <part>', 'part of the key')
    .option('--status <status>', 'unused, active, used, expired or invalidated')
    .option('--provider <id>', 'provider', parseId)
    .option('--service <id>', 'service', parseId)
    .option('--limit <count>', 'how many at most', parseCount, 50)
    .action(
      act<ListOptions>(terminal, (cli, options) =>
        asSeller(cli, options, 'rest-api:read', (token) => showRows(cli, listKeys(cli, options, token), COLUMNS)),
      ),
    );
  keys
    .command('verify <key>')
    .description('check a key as a program does (-: read it from the input); ends with 5 when it is not valid')
    .option('--hwid <hwid>', 'the machine; binds the key to it as a program would')
    .option('--service <slug-or-id>', 'the program')
    .action(
      act<{ hwid?: string; service?: string }>(terminal, async (cli, { hwid, service }, key = '') => {
        const body = {
          key: key === '-' ? await readInput(cli.terminal) : key,
          ...(hwid === undefined ? {} : { hwid }),
          ...(service === undefined ? {} : { service: /^\d+$/.test(service) ? Number(service) : service }),
        };
        const verdict = await cli.api.call('POST', '/keys/verify', { token: null, body });
        showRecord(cli, verdict);
        if (verdict.valid !== true) throw new CliError(`The key is not valid: ${String(verdict.code)}.`, EXIT.failed);
      }),
    );
}

function bodyOf(options: { readonly provider?: number }): Record<string, unknown> {
  if (options.provider === undefined) throw new CliError('A key needs a --provider.', EXIT.usage);
  return toMembers(options, MEMBERS);
}

async function* listKeys(cli: Cli, { search, status, provider, service, limit }: ListOptions, token: string): AsyncGenerator<Json> {
  const query = { key: search, status, provider_id: provider, service_id: service, limit: Math.min(limit, PAGE_KEYS) };
  let left = limit;
  for (let page = 1; left > 0; page += 1) {
    const keys = keysOf(await cli.api.call('GET', '/keys', { token, query: { ...query, page } }));
    yield* keys.slice(0, left);
    left -= keys.length;
    if (keys.length < query.limit) return;
  }
}

function keysOf({ keys }: Json): Json[] {
  return Array.isArray(keys) ? keys.filter(isJson) : [];
}
