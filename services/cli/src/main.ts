import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3));
process.exitCode = await runCli(process.argv.slice(2), processTerminal());
