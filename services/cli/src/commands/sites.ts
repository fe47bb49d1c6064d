import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { act } from '../cli.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { addMembers, type MemberOption, toMembers } from '../members.ts';
import { type Column, remark, showRecord, showRows } from '../output.ts';
import { orNone, parseCount, parseId, parseList, parseSwitch, parseText } from '../parse.ts';
import type { Terminal } from '../terminal.ts';

const SITE_COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['NAME', 'name'],
  ['TIME ZONE', 'timezone'],
  ['API', 'api_enabled'],
  ['SLUG', 'slug'],
  ['RETENTION DAYS', 'retention_days'],
];
const KEY_COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['PREFIX', 'prefix'],
  ['LAST 4', 'last4'],
  ['MADE', 'created_at'],
  ['LAST USED', 'last_used_at'],
];
const NAS_COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['NAME', 'name'],
  ['ADDRESS', 'address'],
  ['MESSAGE-AUTHENTICATOR', 'require_message_authenticator'],
];
const MEMBERS: readonly MemberOption[] = [
  ['--name <name>', 'name', 'name', parseText],
  ['--timezone <name>', 'IANA time zone', 'timezone', parseText],
  ['--api <on|off>', 'the voucher API', 'api_enabled', parseSwitch],
  ['--post <on|off>', 'the voucher API by POST', 'post_enabled', parseSwitch],
  ['--get <on|off>', 'the voucher API by GET, from the allowed networks', 'get_enabled', parseSwitch],
  ['--cloud-get <on|off>', 'GET at the cloud host too', 'cloud_get_enabled', parseSwitch],
  ['--get-allowed <networks>', 'networks that may use GET, between commas', 'get_allowed_cidrs', parseList],
  ['--valid-for <time>', 'what a voucher is good for by default, such as "1 day"', 'default_valid_for', parseText],
  ['--sign-in-methods <list>', 'email, mobile, facebook, free', 'sign_in_methods', parseList],
  ['--bind-mac <on|off>', 'a voucher belongs to its first device', 'bind_mac', parseSwitch],
  ['--devices <count>', 'devices at once with one voucher', 'devices_per_voucher', parseCount],
  ['--retention-days <days>', 'how long guests are kept (none: for good)', 'retention_days', orNone(parseCount)],
];

/** `sites`, with `sites key` and `sites nas`. */
export function addSiteCommands(program: Command, terminal: Terminal): void {
  const sites = program.command('sites').description('venues');
  addMembers(sites.command('create'), MEMBERS)
    .description('make a site')
    .action(
      act<{ name?: string; timezone?: string }>(terminal, async (cli, options) => {
        if (options.name === undefined || options.timezone === undefined)
          throw new CliError('A site needs a --name and a --timezone.', EXIT.usage);
        showRecord(cli, await cli.api.call('POST', '/admin/v1/sites', { body: toMembers(options, MEMBERS) }));
      }),
    );
  sites
    .command('list')
    .description('sites, by id')
    .option('--limit <count>', 'how many at most', parseCount, 50)
    .action(act<{ limit: number }>(terminal, (cli, { limit }) => showRows(cli, cli.api.list('/admin/v1/sites', {}, limit), SITE_COLUMNS)));
  sites
    .command('show <id>')
    .description('one site, with its endpoints')
    .action(act(terminal, async (cli, _options, id = '') => showRecord(cli, await cli.api.call('GET', sitePath(id)))));
  addMembers(sites.command('update <id>'), MEMBERS)
    .description('change what is given')
    .action(
      act(terminal, async (cli, options, id = '') => {
        const body = toMembers(options, MEMBERS);
        if (Object.keys(body).length === 0) throw new CliError('Say what to change, such as --api on.', EXIT.usage);
        showRecord(cli, await cli.api.call('PATCH', sitePath(id), { body }));
      }),
    );
  sites
    .command('delete <id>')
    .description('delete a site with its vouchers and guests')
    .option('-y, --yes', 'do not ask')
    .action(
      act<{ yes?: boolean }>(terminal, async (cli, { yes }, id = '') => {
        const path = sitePath(id);
        await cli.makeSure(`Delete site ${id} with its vouchers and guests?`, yes);
        await cli.api.call('DELETE', path);
        remark(cli, `Site ${id} is deleted.`);
      }),
    );
  sites
    .command('redraw-slug <id>')
    .description('give a site another cloud host')
    .action(act(terminal, async (cli, _options, id = '') => showRecord(cli, await cli.api.call('POST', `${sitePath(id)}/slug`))));
  addSiteKeyCommands(sites.command('key').description('keys of the voucher API'), terminal);
  addNasCommands(sites.command('nas').description('access points that speak RADIUS'), terminal);
}

function addSiteKeyCommands(key: Command, terminal: Terminal): void {
  key
    .command('create <site>')
    .description('make one; its secret is shown this once')
    .action(act(terminal, async (cli, _options, site = '') => showRecord(cli, await cli.api.call('POST', `${sitePath(site)}/api-keys`))));
  key
    .command('list <site>')
    .description('live keys')
    .action(
      act(terminal, (cli, _options, site = '') =>
        showRows(cli, cli.api.list(`${sitePath(site)}/api-keys`, {}, Number.POSITIVE_INFINITY), KEY_COLUMNS),
      ),
    );
  key
    .command('revoke <site> <key>')
    .description('revoke one at once')
    .action(
      act(terminal, async (cli, _options, site = '', id = '') => {
        await cli.api.call('DELETE', `${sitePath(site)}/api-keys/${parseId(id)}`);
        remark(cli, `Key ${id} of site ${site} is revoked.`);
      }),
    );
}

function addNasCommands(nas: Command, terminal: Terminal): void {
  nas
    .command('create <site>')
    .description('list an access point; its RADIUS secret is shown this once')
    .requiredOption('--name <name>', 'name')
    .requiredOption('--address <address>', 'address or network')
    .option('--secret-file <file>', 'file that holds its secret (left out: one is drawn)')
    .option('--message-authenticator <on|off>', 'refuse requests without Message-Authenticator', parseSwitch)
    .action(
      act<{ name: string; address: string; secretFile?: string; messageAuthenticator?: boolean }>(
        terminal,
        async (cli, options, site = '') => {
          const { name, address, secretFile, messageAuthenticator } = options;
          const body = {
            name,
            address,
            ...(secretFile === undefined ? {} : { secret: readSecret(secretFile) }),
            ...(messageAuthenticator === undefined ? {} : { require_message_authenticator: messageAuthenticator }),
          };
          showRecord(cli, await cli.api.call('POST', `${sitePath(site)}/nas`, { body }));
        },
      ),
    );
  nas
    .command('list <site>')
    .description('access points of a site')
    .action(
      act(terminal, (cli, _options, site = '') =>
        showRows(cli, cli.api.list(`${sitePath(site)}/nas`, {}, Number.POSITIVE_INFINITY), NAS_COLUMNS),
      ),
    );
  nas
    .command('delete <site> <nas>')
    .description('take one off the list')
    .action(
      act(terminal, async (cli, _options, site = '', id = '') => {
        await cli.api.call('DELETE', `${sitePath(site)}/nas/${parseId(id)}`);
        remark(cli, `Access point ${id} of site ${site} is off the list.`);
      }),
    );
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CliError('--secret-file names a file that cannot be read.', EXIT.usage);
  }
}

function sitePath(id: string): string {
  return `/admin/v1/sites/${parseId(id)}`;
}
