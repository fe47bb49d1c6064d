import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const MODULE = join(import.meta.dirname, '../dist/log-output.js');

/** Runs a program that has `output`, with its standard output to a pipe. @returns what came, and what had come when it said `now` on stderr */
async function run(program: string) {
  const script = `import { openLogOutput } from ${JSON.stringify(MODULE)}; const output = openLogOutput(); ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let before = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  child.stderr.setEncoding('utf8').on('data', () => {
    before = text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return { before, text };
}

/** Enough to fill a pipe, so that writing takes until somebody reads. */
const MANY = "for (let index = 0; index < 20_000; index += 1) output.write('line ' + index + '\\n');";

describe('openLogOutput', () => {
  it('writes all lines in their order, when the process ends by itself and when it is ended', async () => {
    const lines = Array.from({ length: 1_005 }, (_, index) => `line ${index}\n`).join('');
    const write = "for (let index = 0; index < 1_005; index += 1) output.write('line ' + index + '\\n');";
    expect((await run(write)).text).toBe(lines);
    expect((await run(`${write} setTimeout(() => process.exit(0), 50);`)).text).toBe(lines);
  });

  it('writes the last words of a process that throws', async () => {
    expect((await run("output.write('last words\\n'); throw new Error('over');")).text).toBe('last words\n');
  });

  it('writes what came while it was writing without waiting for another line', async () => {
    const { before } = await run(
      `${MANY} setImmediate(() => output.write('the last\\n')); setTimeout(() => { console.error('now'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100); }, 1_000);`,
    );
    expect(before.endsWith('line 19999\nthe last\n')).toBe(true);
  });
});
