import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, scratch } from './scratch.mjs';

/** The root of the project. */
export const ROOT = join(import.meta.dirname, '../..');
const START_MS = 60_000;

/**
 * @typedef {object} Program
 * @property {string} name of the process, for its log and messages
 * @property {string} command
 * @property {readonly string[]} [args]
 * @property {Readonly<Record<string, string>>} [env] beside PATH and HOME
 * @property {string} [cwd]
 * @property {RegExp} [ready] what its output shows when it is ready
 * @property {string} [url] what answers when it is ready, whatever the answer
 * @property {number} [uid] whom to run it as
 */

/**
 * @typedef {object} Running
 * @property {number} pid
 * @property {() => string} output all it has printed
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop
 */

let count = 0;

/**
 * Starts a program as a process of its own and waits until it is ready. What it prints goes to a file, so that nobody who is
 * measured waits for the bench to read. It ends with the bench at the latest.
 * @param {Program} program
 * @returns {Promise<Running>}
 * @throws Error with its output when it ends or is not ready in a minute
 */
export async function startProcess({ name, command, args = [], env = {}, cwd = ROOT, ready, url, uid }) {
  count += 1;
  const file = join(scratch, `${name.replace(/\W+/g, '-')}-${count}.log`);
  const log = openSync(file, 'a');
  const base = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'production' };
  const user = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(command, args, { cwd, env: { ...base, ...env }, stdio: ['ignore', log, log], ...user });
  closeSync(log);
  const output = () => readFileSync(file, 'utf8');
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let hasEnded = false;
  void exited.then(() => {
    hasEnded = true;
  });
  /** @param {NodeJS.Signals} signal */
  const stop = async (signal = 'SIGTERM') => {
    if (hasEnded) return;
    child.kill(signal);
    const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(kill);
  };
  atEnd(() => stop());
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (hasEnded || Date.now() > deadline) {
      await stop('SIGKILL');
      throw new Error(`${name} did not start: ${output().slice(-2_000).trim() || 'it said nothing'}`);
    }
    if (ready !== undefined ? ready.test(output()) : await answers(url ?? '')) break;
    await sleep(10);
  }
  return { pid: child.pid ?? 0, output, stop };
}

/** @param {string} url */
async function answers(url) {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Below those that the system gives to connections: one of them could be taken before a program listens there. */
let lastPort = 20_000 + (process.pid % 10_000);

/**
 * A TCP port of this machine that is free now, and that nobody else here is told of.
 * @returns {Promise<number>}
 */
export async function findPort() {
  for (;;) {
    lastPort = lastPort === 32_000 ? 20_000 : lastPort + 1;
    const port = lastPort;
    if (await isFree(port)) return port;
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Where a program is installed.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', ...(process.env.PATH ?? '').split(':')];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
