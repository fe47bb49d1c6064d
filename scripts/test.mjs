import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepare, runScript } from './prepare.mjs';
import { StepFailed } from './run-quietly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await runScript(async () => {
  prepare({ build: false });
  const buildError = tryBuild();
  const exitCode = await runJest(process.argv.slice(2));
  // Said last, below Jest's summary, where it is seen.
  if (buildError) console.error(buildError.message);
  process.exitCode = exitCode || (buildError ? 1 : 0);
});

/** Suites start built services in processes of their own; the others run from source and are worth running without a build. */
function tryBuild() {
  try {
    prepare();
    return undefined;
  } catch (error) {
    if (error instanceof StepFailed) return error;
    throw error;
  }
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} Jest's exit code.
 */
function runJest(args) {
  const NODE_OPTIONS = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
    .filter(Boolean)
    .join(' ');
  const jest = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...args], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'test', NODE_OPTIONS },
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => jest.kill(signal));
  return new Promise((resolve, reject) => {
    jest.once('error', reject);
    jest.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}
