import { spawnSync } from 'node:child_process';
import { readCode } from './stamp.mjs';

/** A step that failed; its message is the whole of what the user is to read. */
export class StepFailed extends Error {
  /** @override */
  name = 'StepFailed';
}

/**
 * Runs a command in the foreground without its chatter: one line with the time it took when it succeeds, its output when it fails.
 * @param {{title: string, command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv, shell?: boolean}} step
 * @throws {StepFailed} When the command cannot be started or does not exit with 0.
 */
export function runQuietly({ title, command, args, cwd, env = process.env, shell = false }) {
  const startedAt = performance.now();
  const result = spawnSync(command, args, {
    cwd,
    env,
    shell,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.error) throw new StepFailed(`gatehouse: ${title} failed: cannot run ${command} (${readCode(result.error)}).`);
  if (result.status !== 0) {
    const outcome = result.signal ? `was ended by ${result.signal}` : `failed with exit code ${result.status}`;
    throw new StepFailed(`${readable(result.stdout + result.stderr)}\ngatehouse: ${title} ${outcome}.`);
  }
  console.error(`gatehouse: ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}

/**
 * Leaves out npm's advertisements and the addresses of registries, which can hold a credential.
 * @param {string} output
 */
function readable(output) {
  return output
    .split('\n')
    .filter((line) => !/^npm (notice|warn)/i.test(line))
    .join('\n')
    .replaceAll(/\bhttps?:\/\/[^\s"')]+/g, '<address>')
    .trim();
}
