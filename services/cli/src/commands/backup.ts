import type { Command } from 'commander';
import { act } from '../cli.ts';
import type { BackupOptions, RestoreOptions } from '../run-backup.ts';
import type { Terminal } from '../terminal.ts';

/** `backup` and `restore`. */
export function addBackupCommands(program: Command, terminal: Terminal): void {
  program
    .command('backup <file>')
    .description('write the whole database, as it is at one moment, to a file; the same for PostgreSQL and the embedded database')
    .option('--offline', 'without the server: from its database, as the settings name it')
    .option('--force', 'write over a file that is there')
    .action(act<BackupOptions>(terminal, async (cli, options, file = '') => (await import('../run-backup.ts')).backup(cli, options, file)));
  program
    .command('restore <file>')
    .description('put a backup in the place of all that is in the database; Gatehouse must not be running')
    .option('-y, --yes', 'do not ask')
    .action(
      act<RestoreOptions>(terminal, async (cli, options, file = '') => (await import('../run-backup.ts')).restore(cli, options, file)),
    );
}
