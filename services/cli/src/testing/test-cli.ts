import { PassThrough, Readable } from 'node:stream';
import { runCli } from '../run-cli.ts';

/** What came of a command line. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
  /** The output as JSON. */
  readonly json: () => unknown;
}

/** How a command line is run. */
export interface RunOptions {
  readonly input?: string;
  /** As on a terminal. */
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs command lines in this process, with the settings of `env` and none of the process's own. */
export function createTestCli(env: Readonly<Record<string, string>>): (args: readonly string[], options?: RunOptions) => Promise<Outcome> {
  return async (args, { input = '', isTerminal = false, env: more = {} } = {}) => {
    const [output, errors] = [collect(), collect()];
    const before = process.env;
    process.env = { PATH: before.PATH, ...env, ...more };
    try {
      const code = await runCli(args, {
        input: Readable.from([Buffer.from(input)]),
        output: output.stream,
        errors: errors.stream,
        isOutputTerminal: isTerminal,
        areErrorsTerminal: isTerminal,
        isInputTerminal: false,
      });
      return { code, output: output.text(), errors: errors.text(), json: () => JSON.parse(output.text()) };
    } finally {
      process.env = before;
    }
  };
}

function collect(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return { stream, text: () => text };
}
