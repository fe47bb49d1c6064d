import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepare, runScript } from './prepare.mjs';
import { StepFailed } from './run-quietly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PROJECT = 'gatehouse-test';
const PORT = process.env.COMPOSE_TEST_PORT ?? '18088';

/** Exit code of a machine without a Docker engine: not a failure of the project, and not a success. */
const NO_ENGINE = 75;

/**
 * `npm run test:compose`: builds the image, brings the deployment up under a name of its own with two processes of
 * licensing and accounts, runs the suites of tests/compose against it through the gateway, and takes it down.
 * `KEEP=1` leaves it up afterwards.
 */
await runScript(async () => {
  const compose = findCompose();
  if (compose === null) {
    console.error('No Docker engine answers here, or docker-compose is missing: the deployment is NOT tested.');
    process.exitCode = NO_ENGINE;
    return;
  }
  prepare({ build: false });
  const command = [...compose, '-p', PROJECT];
  try {
    step(command, 'build', '-q');
    step(command, 'down', '-v', '--remove-orphans');
    step(command, 'up', '-d', '--scale', 'licensing=2', '--scale', 'accounts=2');
    const adminToken = step(command, 'exec', '-T', 'accounts', 'cat', '/run/gatehouse/secrets/admin-token').trim();
    process.exitCode = runSuites(command, adminToken);
  } finally {
    if (process.exitCode !== 0) process.stderr.write(step(command, 'logs', '--tail', '60'));
    if (!process.env.KEEP) step(command, 'down', '-v', '--remove-orphans');
  }
});

/** Compose v2 where there is one, else 1.29. */
function findCompose() {
  if (spawnSync('docker', ['info']).status !== 0) return null;
  if (spawnSync('docker', ['compose', 'version']).status === 0) return ['docker', 'compose'];
  return spawnSync('docker-compose', ['version']).status === 0 ? ['docker-compose'] : null;
}

/**
 * @param {readonly string[]} command
 * @param {...string} args
 */
function step([file = '', ...first], ...args) {
  console.log(`compose ${args.join(' ')}`);
  const { status, stdout, stderr } = spawnSync(file, [...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, PORT, BIND: '127.0.0.1' },
  });
  if (status !== 0) throw new StepFailed(`compose ${args.join(' ')} failed:\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
  return stdout;
}

/**
 * @param {readonly string[]} command
 * @param {string} adminToken
 */
function runSuites(command, adminToken) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/jest/bin/jest.js', '--runInBand', '--forceExit', '--testMatch', '**/*.compose.ts', ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
        GATEHOUSE_URL: `http://127.0.0.1:${PORT}`,
        GATEHOUSE_ADMIN_TOKEN: adminToken,
        GATEHOUSE_COMPOSE: command.join(' '),
      },
    },
  );
  return status ?? 1;
}
