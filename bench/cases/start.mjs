import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findWorker, readMemoryMb } from '../tools/cpu.mjs';
import { startLeast } from '../tools/least.mjs';
import { prepareLoad } from '../tools/load.mjs';
import { startMixedHouse } from '../tools/mixed-load.mjs';
import { median } from '../tools/rounds.mjs';
import { scratch } from '../tools/scratch.mjs';
import { ROOT, startProcess } from '../tools/start-process.mjs';

const FIRST_MS = 3_000;
const SECOND_MS = 1_500;
const SERVICE_MB = 150;
const STANDALONE_MB = 450;

/** How fast it is there, and what it holds. @type {import('../tools/case.mjs').Case} */
export const start = {
  name: 'start',
  async run({ pace, quick }) {
    const { firsts, seconds, leasts, standalone } = await measureStarts(quick ? 1 : pace.rounds);
    const loadSeconds = quick ? 1 : 15;
    await sleep(quick ? 100 : 5_000);
    const standaloneRest = readMemoryMb(standalone.pid);
    await loadStandalone(standalone, loadSeconds);
    const standaloneBusy = readMemoryMb(standalone.pid);
    await standalone.stop();
    const { house, load, database } = await startMixedHouse();
    await sleep(quick ? 100 : 5_000);
    const rest = readAll(house.pids);
    const sample = await load(loadSeconds);
    if (sample.errors > 0) throw new Error(`${sample.errors} errors under load`);
    const busy = readAll(house.pids);
    const bare = await loadModules('services/accounts/dist/index.js');
    const bareMb = readMemoryMb(bare.pid);
    await bare.stop();
    const leastMb = await measureLeast(database.url, loadSeconds);
    await house.stop();
    await database.drop();
    const [first, second] = [median(firsts), median(seconds)];
    /** @param {string} name @param {number} value @param {string} unit */
    const limit = (name, value, unit) => ({ name: `(${name})`, cells: { measured: `${Math.round(value)} ${unit}` } });
    /** @param {string} name @param {number} value @param {string} unit @param {number} most */
    const line = (name, value, unit, most) => ({
      name,
      cells: { measured: `${Math.round(value)} ${unit}` },
      ...(quick ? {} : { reach: `≤ ${most} ${unit}`, reached: value <= most }),
    });
    return {
      title: 'start and memory',
      lines: [
        line('standalone: first start', first, 'ms', FIRST_MS),
        line('standalone: second start', second, 'ms', SECOND_MS),
        limit('npm, Node and PGlite opening the same directory, nothing of Gatehouse', median(leasts), 'ms'),
        line('standalone: memory at rest', standaloneRest, 'MB', STANDALONE_MB),
        line('standalone: memory under load', standaloneBusy, 'MB', STANDALONE_MB),
        ...Object.entries(rest).map(([name, value]) => line(`${name}: memory at rest`, value, 'MB', SERVICE_MB)),
        limit("a service's modules loaded by Node, nothing started", bareMb, 'MB'),
        ...Object.entries(busy).map(([name, value]) => line(`${name}: memory under load`, value, 'MB', SERVICE_MB)),
        limit('under load: the same libraries and no duty', leastMb, 'MB'),
      ],
      notes: [
        '`npm start` after the build, from its call until it says that it is ready, with the demo and the embedded database. Memory is what the system counts as resident.',
        'In brackets: limits, which are those of Node and of the libraries.',
        "Services and gateway have the image's NODE_OPTIONS and MALLOC_ARENA_MAX (Dockerfile), here and in all other cases; the standalone and the limits have Node's own.",
        'Under load: 32 connections that call all APIs in turn. Whether ten minutes of it grow anything: `npm run bench -- soak`.',
      ],
    };
  },
};

/**
 * @param {number} rounds
 * @returns the times, and the process of the last start
 */
async function measureStarts(rounds) {
  const firsts = [];
  const seconds = [];
  const leasts = [];
  for (let round = 1; ; round += 1) {
    const dataDir = mkdtempSync(join(scratch, 'standalone-'));
    const first = await startStandalone(dataDir);
    firsts.push(first.ms);
    await first.stop();
    leasts.push(await measureLeastStart(dataDir));
    const second = await startStandalone(dataDir);
    seconds.push(second.ms);
    if (round === rounds) return { firsts, seconds, leasts, standalone: { ...second, dataDir } };
    await second.stop();
  }
}

/**
 * How long npm takes to start Node, and Node and PGlite to open the database of a standalone that was stopped.
 * @param {string} dataDir
 * @returns {Promise<number>} in milliseconds
 */
async function measureLeastStart(dataDir) {
  const folder = mkdtempSync(join(scratch, 'least-start-'));
  // A copy, since nobody tells the process to close its database.
  cpSync(join(dataDir, 'pg'), join(folder, 'pg'), { recursive: true });
  const script = `exec node '${join(ROOT, 'bench/servers/least-start.mjs')}'`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start: script } }));
  const startedAt = performance.now();
  const running = await startProcess({
    name: 'least-start',
    command: 'npm',
    args: ['start', '--silent'],
    cwd: folder,
    env: { DATABASE: join(folder, 'pg') },
    ready: /ready/,
  });
  const ms = performance.now() - startedAt;
  process.kill(findWorker(running.pid), 'SIGKILL');
  await running.stop();
  return ms;
}

/** @param {string} dataDir */
export async function startStandalone(dataDir) {
  const startedAt = performance.now();
  const running = await startProcess({
    name: 'standalone',
    command: 'npm',
    args: ['start', '--silent'],
    env: { PORT: '0', DATA_DIR: dataDir },
    ready: /ready at (\S+)[\s\S]*Ctrl\+C/,
  });
  const ms = performance.now() - startedAt;
  const url = /ready at (\S+)/.exec(running.output())?.[1] ?? '';
  return { ...running, pid: findWorker(running.pid), ms, url };
}

/**
 * Calls the APIs of a standalone with the credentials of its demo.
 * @param {{ readonly url: string, readonly dataDir: string }} standalone
 * @param {number} seconds
 */
export async function loadStandalone({ url, dataDir }, seconds) {
  const { restApiKey } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
  const sample = await prepareLoad(url, [
    { path: '/keys', headers: { authorization: restApiKey } },
    { path: '/api/v1/status.php' },
    { path: '/keys/public-key' },
  ])(seconds);
  if (sample.errors > 0) throw new Error(`${sample.errors} errors of the standalone under load`);
}

/**
 * The limit of starting and of resting: a process that has loaded the modules and does nothing.
 * @param {string} file
 */
async function loadModules(file) {
  const script = `import('./${file}').then(() => { console.log('loaded'); setInterval(() => undefined, 60_000); })`;
  return startProcess({ name: 'modules', command: process.execPath, args: ['-e', script], ready: /loaded/ });
}

/**
 * The limit of memory under load: what a service holds that does no more than its libraries.
 * @param {string} databaseUrl
 * @param {number} seconds
 */
async function measureLeast(databaseUrl, seconds) {
  const calls = [{ path: '/api/v1/me.php', headers: { authorization: 'Bearer something' } }];
  const { load, pids } = await startLeast(databaseUrl, calls, (body) => JSON.parse(body).success);
  await load(seconds);
  return readMemoryMb(pids?.service ?? 0);
}

/** @param {Readonly<Record<string, number>>} pids */
function readAll(pids) {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, readMemoryMb(pid)]));
}
