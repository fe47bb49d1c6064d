import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** For a process that lives for seconds, the embedded database's code is compiled simply: half the work of starting. */
const BRIEF = ['--liftoff-only'];
const ROOT = join(import.meta.dirname, '..');

/** A process of the built project that has said what it was waited for. */
export interface Started {
  readonly process: ChildProcess;
  /** What it had printed by then. */
  readonly output: string;
  /** What the pattern caught. */
  readonly found: string;
}

/** A process that ended instead. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Starts a built program and waits until its output matches, or it ends.
 * @param program its path from the project's root
 * @param pattern with one group
 */
export function startProgram(program: string, environment: Readonly<Record<string, string>>, pattern: RegExp): Promise<Started | Ended> {
  const child = spawn(process.execPath, [...BRIEF, join(ROOT, program)], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  return new Promise((resolve) => {
    const read = (piece: Buffer) => {
      output += piece.toString();
      const found = pattern.exec(output)?.[1];
      if (found !== undefined) resolve({ process: child, output, found });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** As {@link startProgram}. @throws Error with its output when it ends instead */
export async function startWell(program: string, environment: Readonly<Record<string, string>>, pattern: RegExp): Promise<Started> {
  const started = await startProgram(program, environment, pattern);
  if ('process' in started) return started;
  throw new Error(started.output);
}

/** Sends a signal and waits for the end. */
export function endProgram(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
