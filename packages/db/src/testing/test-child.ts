import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process of a suite's own, running one of the scripts in `children/` against the built package. */
export interface TestChild {
  /** Everything it has said on stdout so far. */
  output(): string;
  /** Resolves once its output fits. @throws Error when it ended before */
  said(pattern: RegExp): Promise<void>;
  /** SIGKILL: no handler of the child's runs. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves with its exit code and its whole output. */
  ended(): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** For a process that lives for seconds, the embedded database's code is compiled simply: half the work of starting. */
const BRIEF = ['--liftoff-only'];
/** Starts `children/NAME.mjs`. */
export function startChild(name: string, args: readonly string[]): TestChild {
  const script = fileURLToPath(new URL(`./children/${name}.mjs`, import.meta.url));
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [...BRIEF, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const end = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
  return {
    output: () => output,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(output)) resolve();
        };
        child.stdout.on('data', look);
        void end.then(({ code }) => reject(new Error(`${name} ended with ${code}: ${output}`)), reject);
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await end;
    },
    ended: () => end,
  };
}
