import type { Command } from 'commander';
import { connect } from '../cli.ts';
import type { DoctorOptions } from '../run-doctor.ts';
import type { Terminal } from '../terminal.ts';

/** `doctor`. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('look at everything that Gatehouse stands on, and say what to mend; ends with 5 when something is broken')
    .option('--radius <host>', 'ask this FreeRADIUS (host or host:port); this machine must be listed as an access point')
    .option('--radius-secret-file <file>', 'file that holds the secret of that access point')
    .action(async (options: DoctorOptions, command: Command) => {
      const { runDoctor } = await import('../run-doctor.ts');
      const globals = command.optsWithGlobals();
      await runDoctor({ terminal, isJson: globals.json === true }, options, () => connect(terminal, globals));
    });
}
