import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { act, type Cli } from '../cli.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { addMembers, type MemberOption, toMembers } from '../members.ts';
import { type Column, remark, showRecord, showRows } from '../output.ts';
import { orNone, parseCount, parseId, parseList, parseNumber, parseSwitch, parseText } from '../parse.ts';
import { readInput, type Terminal } from '../terminal.ts';

const USER_COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['NAME', 'name'],
  ['E-MAIL', 'email'],
  ['MEMBERSHIP', 'membership.status'],
  ['PLAN', 'plan'],
  ['ACTIVE', 'is_active'],
  ['BANNED', 'banned'],
  ['LAST ACTIVE', 'last_active_at'],
];
const CREDENTIAL_COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['KIND', 'kind'],
  ['NAME', 'name'],
  ['PREFIX', 'prefix'],
  ['LAST 4', 'last4'],
  ['SCOPES', 'scopes'],
  ['LAST USED', 'last_used_at'],
];

const MEMBERS: readonly MemberOption[] = [
  ['--email <address>', 'e-mail (none: no e-mail)', 'email', orNone(parseText)],
  ['--company <name>', 'company (none: empty)', 'company', orNone(parseText)],
  ['--phone <number>', 'phone (none: empty)', 'phone', orNone(parseText)],
  ['--membership <status>', 'free, premium or lifetime', 'membership.status', parseText],
  ['--membership-expires <time>', 'ISO 8601, or none', 'membership.expires_at', orNone(parseText)],
  ['--credits <amount>', 'credits', 'credits', parseNumber],
  ['--timezone <name>', 'IANA time zone', 'timezone', parseText],
  ['--language <tag>', 'language tag', 'language', parseText],
  ['--active <on|off>', 'whether the account is on', 'is_active', parseSwitch],
  ['--admin <on|off>', 'administrator (needs two-step to do anything)', 'is_admin', parseSwitch],
  ['--plan <name>', 'plan', 'plan', parseText],
  ['--tariff <name>', 'tariff', 'tariff', parseText],
  ['--rate-limit <count>', "own figure in place of the plan's, or none", 'rate_limit', orNone(parseCount)],
  ['--rate-limit-window <seconds>', "own window in place of the plan's, or none", 'rate_limit_window', orNone(parseCount)],
  ['--web-api-revoked <on|off>', 'withdraw the Web API privilege', 'web_api_revoked', parseSwitch],
];
const NAME: MemberOption = ['--name <name>', 'name', 'name', parseText];

interface PasswordOption {
  readonly passwordFile?: string;
}

/** `users`. CSV is in `csv.ts`. */
export function addUserCommands(users: Command, terminal: Terminal): void {
  addMembers(users.command('create'), [NAME, ...MEMBERS])
    .description('make a user')
    .option('--password-file <file>', 'file that holds the password (-: the input)')
    .action(
      act<PasswordOption & { readonly name?: string }>(terminal, async (cli, options) => {
        if (options.name === undefined) throw new CliError('A user needs a --name.', EXIT.usage);
        const body = { ...toMembers(options, [NAME, ...MEMBERS]), ...(await passwordOf(cli, options)) };
        showRecord(cli, await cli.api.call('POST', '/admin/v1/users', { body }));
      }),
    );
  users
    .command('list')
    .description('users, by id')
    .option('--email <part>', 'part of the e-mail')
    .option('--status <membership>', 'free, premium or lifetime')
    .option('--search <part>', 'part of the name, the login or the e-mail')
    .option('--limit <count>', 'how many at most', parseCount, 50)
    .action(
      act<{ email?: string; status?: string; search?: string; limit: number }>(terminal, (cli, { email, status, search, limit }) =>
        showRows(cli, cli.api.list('/admin/v1/users', { email, status, q: search }, limit), USER_COLUMNS),
      ),
    );
  users
    .command('show <id>')
    .description('one user')
    .action(act(terminal, async (cli, _options, id = '') => showRecord(cli, await cli.api.call('GET', userPath(id)))));
  addMembers(users.command('update <id>'), [NAME, ...MEMBERS])
    .description('change what is given')
    .option('--password-file <file>', 'file that holds a new password (-: the input)')
    .action(
      act<PasswordOption>(terminal, async (cli, options, id = '') => {
        const body = { ...toMembers(options, [NAME, ...MEMBERS]), ...(await passwordOf(cli, options)) };
        if (Object.keys(body).length === 0) throw new CliError('Say what to change, such as --plan or --email.', EXIT.usage);
        showRecord(cli, await cli.api.call('PATCH', userPath(id), { body }));
      }),
    );
  users
    .command('ban <id>')
    .description('ban a user everywhere, at once')
    .option('--reason <text>', 'what for')
    .action(
      act<{ reason?: string }>(terminal, async (cli, { reason }, id = '') => {
        const body = { banned: true, ...(reason === undefined ? {} : { ban_reason: reason }) };
        showRecord(cli, await cli.api.call('PATCH', userPath(id), { body }));
      }),
    );
  users
    .command('unban <id>')
    .description('lift a ban')
    .action(
      act(terminal, async (cli, _options, id = '') =>
        showRecord(cli, await cli.api.call('PATCH', userPath(id), { body: { banned: false, ban_reason: null } })),
      ),
    );
  users
    .command('delete <id>')
    .description('delete a user with everything that is theirs')
    .option('-y, --yes', 'do not ask')
    .action(
      act<{ yes?: boolean }>(terminal, async (cli, { yes }, id = '') => {
        const path = userPath(id);
        await cli.makeSure(`Delete user ${id} with all keys, credentials and data?`, yes);
        await cli.api.call('DELETE', path);
        remark(cli, `User ${id} is deleted.`);
      }),
    );
}

/** `credentials`. */
export function addCredentialCommands(program: Command, terminal: Terminal): void {
  const credentials = program.command('credentials').description('tokens and API keys of users');
  credentials
    .command('create <user>')
    .description('make one; its secret is shown this once')
    .requiredOption('--kind <kind>', 'phpstrap, altercpa or rest-api')
    .option('--scopes <list>', 'of a rest-api key: rest-api:*, rest-api:read, rest-api:write', parseList)
    .option('--name <name>', 'what it is for')
    .action(
      act<{ kind: string; scopes?: string[]; name?: string }>(terminal, async (cli, { kind, scopes, name }, user = '') => {
        const body = { kind, ...(scopes === undefined ? {} : { scopes }), ...(name === undefined ? {} : { name }) };
        showRecord(cli, await cli.api.call('POST', `${userPath(user)}/credentials`, { body }));
      }),
    );
  credentials
    .command('list <user>')
    .description('live ones of a user')
    .action(
      act(terminal, (cli, _options, user = '') =>
        showRows(cli, cli.api.list(`${userPath(user)}/credentials`, {}, Number.POSITIVE_INFINITY), CREDENTIAL_COLUMNS),
      ),
    );
  credentials
    .command('revoke <id>')
    .description('revoke one at once')
    .action(
      act(terminal, async (cli, _options, id = '') => {
        await cli.api.call('DELETE', `/admin/v1/credentials/${parseId(id)}`);
        remark(cli, `Credential ${id} is revoked.`);
      }),
    );
}

function userPath(id: string): string {
  return `/admin/v1/users/${parseId(id)}`;
}

async function passwordOf(cli: Cli, { passwordFile }: PasswordOption): Promise<{ readonly password?: string }> {
  if (passwordFile === undefined) return {};
  if (passwordFile === '-') return { password: await readInput(cli.terminal) };
  try {
    return { password: readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '') };
  } catch {
    throw new CliError('--password-file names a file that cannot be read.', EXIT.usage);
  }
}
