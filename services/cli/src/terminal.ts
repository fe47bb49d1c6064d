import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Where a command is typed and what it says goes. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  /** Somebody looks at the output: tables. */
  readonly isOutputTerminal: boolean;
  /** Somebody looks at the errors: progress bars. */
  readonly areErrorsTerminal: boolean;
  /** Somebody can be asked. */
  readonly isInputTerminal: boolean;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    isOutputTerminal: process.stdout.isTTY === true,
    areErrorsTerminal: process.stderr.isTTY === true,
    isInputTerminal: process.stdin.isTTY === true,
  };
}

/** Asks a question that wants yes or no. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const lines = createInterface({ input: terminal.input, output: terminal.errors });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** All that comes on the input, without the white space around it. */
export async function readInput(terminal: Terminal): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of terminal.input) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8').trim();
}
