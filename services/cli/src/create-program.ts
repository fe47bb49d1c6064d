import { readVersion } from '@gatehouse/config';
import { Command } from 'commander';
import { addAuditCommands } from './commands/audit.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addCsvCommands } from './commands/csv.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addPlatformCommands } from './commands/platform.ts';
import { addSiteCommands } from './commands/sites.ts';
import { addCredentialCommands, addUserCommands } from './commands/users.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused by the server: a wrong parameter, nothing of that id, a conflict
  2  wrong command line or setting
  3  nothing answers
  4  no access: the token is missing or wrong
  5  a check found something (doctor, audit verify, keys verify)

Settings: GATEHOUSE_URL, ADMIN_TOKEN_FILE (or ADMIN_TOKEN), GATEHOUSE_API_KEY_FILE, DATA_DIR.
Without any: http://127.0.0.1:8080, and the token that npm start keeps in ./data.`;

/** Puts the command line together. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('gatehouse')
    .description('Runs a Gatehouse from the command line.')
    .version(readVersion())
    .option('--url <address>', 'where the gateway answers')
    .option('--token-file <file>', "file that holds the operator's token")
    .option('--api-key-file <file>', 'file that holds the API key of a seller, for keys')
    .option('--json', 'JSON in place of tables')
    .addHelpText('after', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
      getOutHasColors: () => terminal.isOutputTerminal,
      getErrHasColors: () => terminal.areErrorsTerminal,
    })
    .showHelpAfterError('(add --help for help)')
    .exitOverride();
  const users = program.command('users').description('people and sellers');
  addUserCommands(users, terminal);
  addCsvCommands(users, 'users', terminal);
  addCredentialCommands(program, terminal);
  const keys = program.command('keys').description('licence keys');
  addKeyCommands(keys, terminal);
  addCsvCommands(keys, 'keys', terminal);
  addCsvCommands(program.command('vouchers').description('vouchers of a site'), 'vouchers', terminal);
  addSiteCommands(program, terminal);
  addAuditCommands(program, terminal);
  addPlatformCommands(program, terminal);
  addDoctorCommand(program, terminal);
  addBackupCommands(program, terminal);
  return program;
}
