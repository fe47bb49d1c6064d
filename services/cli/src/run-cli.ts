import { Fault, OperatorError } from '@gatehouse/faults';
import { CommanderError, InvalidArgumentError } from 'commander';
import { createProgram } from './create-program.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs one command line. What goes wrong is one sentence on the errors.
 * @param args without the program's name
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError && !(error instanceof InvalidArgumentError)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { sentence, exitCode } = await explain(error);
    terminal.errors.write(`gatehouse: ${sentence}\n`);
    return exitCode;
  }
}

async function explain(error: unknown): Promise<{ readonly sentence: string; readonly exitCode: ExitCode }> {
  if (error instanceof CliError) return { sentence: error.message, exitCode: error.exitCode };
  if (error instanceof OperatorError) return { sentence: error.message, exitCode: EXIT.usage };
  if (error instanceof InvalidArgumentError) return { sentence: error.message, exitCode: EXIT.usage };
  if (error instanceof Fault)
    return { sentence: `The database does not answer, or refuses: ${error.message}.`, exitCode: EXIT.unreachable };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // Only here: it comes with much else, which would make every command slower.
  const { redact } = await import('@gatehouse/http');
  return { sentence: redact(text), exitCode: EXIT.unreachable };
}
