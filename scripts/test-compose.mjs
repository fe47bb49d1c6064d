import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { prepare, runScript } from './prepare.mjs';
import { StepFailed } from './run-quietly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PROJECT = 'gatehouse-test';

/** Exit code of a machine without a Docker engine: not a failure of the project, and not a success. */
const NO_ENGINE = 75;

/**
 * `npm run test:compose`: builds the image, brings the whole deployment up under a name of its own with two processes of
 * licensing and accounts, runs the suites of tests/compose against it, and takes it down with its volumes.
 * `KEEP=1` leaves it up afterwards. Arguments go to Jest.
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
  // Whatever the suites do with the deployment, they do with the same settings.
  const env = { ...process.env, ...(await testSettings()) };
  const step = (/** @type {string[]} */ ...args) => run(`compose ${args.join(' ')}`, [...command, ...args], env);
  try {
    step('build', '-q');
    buildStandIns(env);
    step('down', '-v', '--remove-orphans');
    step('up', '-d', '--scale', 'licensing=2', '--scale', 'accounts=2');
    process.exitCode = runSuites({ ...env, GATEHOUSE_COMPOSE: command.join(' ') });
  } finally {
    if (process.exitCode !== 0) process.stderr.write(step('logs', '--no-color', '--tail', '15'));
    if (!process.env.KEEP) step('down', '-v', '--remove-orphans');
  }
});

/** Compose v2 where there is one, else 1.29. */
function findCompose() {
  if (spawnSync('docker', ['info']).status !== 0) return null;
  if (spawnSync('docker', ['compose', 'version']).status === 0) return ['docker', 'compose'];
  return spawnSync('docker-compose', ['version']).status === 0 ? ['docker-compose'] : null;
}

/** Settings of docker-compose.yml for the test: everything on free ports of this machine alone, and on a network that a deployment here does not use. */
async function testSettings() {
  const [port = '', http = '', https = '', auth = '', acct = ''] = await Promise.all(Array.from({ length: 5 }, findPort));
  return {
    COMPOSE_PROFILES: 'radius,tls',
    PORT: port,
    BIND: '127.0.0.1',
    HTTP_PORT: http,
    HTTPS_PORT: https,
    TLS_BIND: '127.0.0.1',
    DOMAIN: 'localhost',
    RADIUS_AUTH_PORT: auth,
    RADIUS_ACCT_PORT: acct,
    RADIUS_BIND: '127.0.0.1',
    EDGE_PREFIX: '10.213.31',
    TRUST_PROXY: '10.213.31.2',
  };
}

/** @returns {Promise<string>} */
function findPort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === 'object' ? address?.port : '')));
    });
  });
}

/**
 * A machine whose other images were made of packages cannot pull Caddy's either.
 * @param {NodeJS.ProcessEnv} env
 */
function buildStandIns(env) {
  const { stdout } = spawnSync('docker', ['image', 'inspect', '-f', '{{.Comment}}', 'postgres:17'], { encoding: 'utf8' });
  const isStandIn = stdout.startsWith('Imported from');
  const isThere = spawnSync('docker', ['image', 'inspect', 'caddy:2']).status === 0;
  if (isStandIn && !isThere) run('build a stand-in for caddy:2', ['docker', 'build', '-q', '-t', 'caddy:2', 'tests/compose/caddy'], env);
}

/**
 * @param {string} title
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
function run(title, [file = '', ...args], env) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, env });
  if (status !== 0) throw new StepFailed(`${title} failed:\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
  console.log(`${title} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  return stdout;
}

/** @param {NodeJS.ProcessEnv} env */
function runSuites(env) {
  const options = ['--runInBand', '--forceExit', '--testMatch=**/*.compose.ts'];
  const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...options, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  });
  return status ?? 1;
}
