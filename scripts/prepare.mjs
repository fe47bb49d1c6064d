import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { runQuietly, StepFailed } from './run-quietly.mjs';
import { describeFiles, fingerprint, listFiles, listFolder, openStamp } from './stamp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamps = join(root, 'node_modules/.cache/gatehouse');
const BUNDLE_SCRIPT = 'scripts/bundle.mjs';

/**
 * Brings a clone to where it can run: installs, generates the database client, builds. What is already done is not done again,
 * which is told by fingerprints of the inputs; with nothing to do it takes a few milliseconds and needs no network.
 * @param {{build?: boolean}} [options] `build: false` leaves the compiler out.
 * @throws {StepFailed} With a message for the user: Node is too old, or a step failed.
 */
export function prepare({ build = true } = {}) {
  checkNode();
  const steps = [installStep, generateStep, ...(build ? [buildStep, templateStep] : [])];
  // Each step is looked at only when the one before it is done: its inputs may be what that one writes.
  for (const describeStep of steps) {
    if (isDone(describeStep())) continue;
    withLock(join(root, '.cache/gatehouse-prepare.lock'), () => {
      const step = describeStep();
      if (!isDone(step)) perform(step);
    });
  }
}

/**
 * Runs a script's body; a failed step ends the process with its message and exit code 1 instead of a stack.
 * @param {() => unknown} body
 */
export async function runScript(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

function checkNode() {
  const { engines } = readManifest();
  const wanted = engines.node.replace('>=', '');
  const isOlder = wanted.localeCompare(process.versions.node, 'en', { numeric: true }) > 0;
  if (isOlder) throw new StepFailed(`Gatehouse needs Node.js ${wanted} or later; this is ${process.versions.node}.`);
}

/** @typedef {{stamp: ReturnType<typeof openStamp>, outputs: string[], run: () => void}} Step */

/** @param {Step} step */
function isDone({ stamp, outputs }) {
  return outputs.every((output) => existsSync(join(root, output))) && stamp.matches();
}

/** @param {Step} step */
function perform({ stamp, run }) {
  // A step that is interrupted must not be taken for done.
  stamp.drop();
  run();
  stamp.write();
}

/** @returns {Step} */
function installStep() {
  const manifests = listWorkspaces().map((folder) => `${folder}/package.json`);
  const inputs = fingerprint(root, {
    texts: [process.platform, process.arch],
    files: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests],
  });
  return {
    stamp: openStamp(join(stamps, 'install'), inputs),
    outputs: [
      'node_modules/.modules.yaml',
      ...listWorkspaces()
        .filter(hasDependencies)
        .map((folder) => `${folder}/node_modules`),
    ],
    run: install,
  };
}

/** @returns {Step} */
function generateStep() {
  const scripts = 'packages/db/scripts';
  const script = `${scripts}/generate.mjs`;
  const inputs = fingerprint(root, {
    files: [
      ...listFiles(root, 'prisma/schema'),
      'prisma.config.ts',
      script,
      `${scripts}/number-names.mjs`,
      'packages/db/package.json',
      'pnpm-lock.yaml',
    ],
  });
  return {
    stamp: openStamp(join(stamps, 'generate'), inputs),
    outputs: ['packages/db/src/generated'],
    run: () => runQuietly({ title: 'generate the database client', command: process.execPath, args: [script], cwd: root }),
  };
}

/** @returns {Step} */
function buildStep() {
  const folders = listWorkspaces();
  const sources = folders.flatMap((folder) => [
    ...listFiles(root, `${folder}/src`).filter((file) => !file.endsWith('.test.ts')),
    `${folder}/tsconfig.json`,
    `${folder}/package.json`,
  ]);
  const inputs = fingerprint(root, {
    texts: describeFiles(root, sources),
    files: ['tsconfig.json', 'tsconfig.base.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', BUNDLE_SCRIPT],
  });
  return {
    stamp: openStamp(join(stamps, 'build'), inputs),
    outputs: [...folders.map((folder) => `${folder}/dist/index.js`), 'services/standalone/dist/bundle/main.js'],
    run() {
      compile(folders);
      runQuietly({ title: 'bundle what `npm start` runs', command: process.execPath, args: [BUNDLE_SCRIPT], cwd: root });
    },
  };
}

/** @param {readonly string[]} folders */
function compile(folders) {
  for (const folder of folders) {
    // The compiler goes by its own records and does not notice that its output was deleted.
    if (!existsSync(join(root, folder, 'dist/index.js'))) rmSync(join(root, folder, 'tsconfig.tsbuildinfo'), { force: true });
  }
  runQuietly({ title: 'build', command: process.execPath, args: ['node_modules/typescript/bin/tsc', '-b'], cwd: root });
}

/**
 * The migrated database that a first start and the suites copy.
 * @returns {Step}
 */
function templateStep() {
  const script = 'packages/db/scripts/make-template.mjs';
  const cache = 'node_modules/.cache/gatehouse';
  const made = listFolder(root, cache).find((entry) => entry.name.startsWith('embedded-'));
  return {
    stamp: openStamp(
      join(stamps, 'template'),
      fingerprint(root, { files: [...listFiles(root, 'prisma/migrations'), script, 'pnpm-lock.yaml'] }),
    ),
    outputs: [`${cache}/${made?.name ?? 'embedded'}`],
    run: () => runQuietly({ title: 'prepare the embedded database', command: process.execPath, args: [script], cwd: root }),
  };
}

function install() {
  const { packageManager } = readManifest();
  runQuietly({
    title: 'install the packages of the lock file',
    command: 'npx',
    // Asked nothing, as there may be no terminal; development packages too, as they are what builds and tests.
    args: ['--yes', '--prefer-offline', packageManager, 'install', '--frozen-lockfile', '--config.confirmModulesPurge=false'],
    cwd: root,
    env: installEnvironment(),
    shell: process.platform === 'win32',
  });
}

/** NODE_ENV=production or an `omit` would leave out the compiler; a home that cannot be written to has no room for caches. */
function installEnvironment() {
  const { NODE_ENV: _mode, npm_config_omit: _omit, npm_config_production: _production, ...rest } = process.env;
  const env = { ...rest, CI: 'true', npm_config_update_notifier: 'false' };
  if (isWritable(homedir())) return env;
  const caches = join(root, 'node_modules/.cache/home');
  mkdirSync(caches, { recursive: true });
  return { ...env, HOME: caches, npm_config_cache: join(caches, '.npm') };
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function listWorkspaces() {
  return ['packages', 'services'].flatMap((group) =>
    listFolder(root, group)
      .map((entry) => `${group}/${entry.name}`)
      .filter((folder) => existsSync(join(root, folder, 'package.json'))),
  );
}

/** @param {string} folder */
function hasDependencies(folder) {
  const { dependencies = {}, devDependencies = {} } = readManifest(folder);
  return Object.keys({ ...dependencies, ...devDependencies }).length > 0;
}

/** @param {string} [folder] */
function readManifest(folder = '.') {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
