import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from '../../scripts/run-quietly.mjs';
import { prepareLoad } from './load.mjs';
import { findPort, ROOT, startProcess } from './start-process.mjs';

/** @typedef {import('./load.mjs').HttpCall} HttpCall */
/** @typedef {import('./rounds.mjs').Contender} Contender */

const FOLDER = join(ROOT, 'bench/peers');

/**
 * Installs what Gatehouse is measured beside, from its own lock file, unless it is there.
 * @throws StepFailed when it cannot be had
 */
export function installPeers() {
  runQuietly({
    title: 'install what is measured beside Gatehouse',
    command: 'npx',
    args: ['--yes', '--prefer-offline', 'pnpm@12.21.0', 'install', '--frozen-lockfile'],
    cwd: FOLDER,
    env: { ...process.env, CI: 'true', NODE_ENV: 'development' },
  });
}

/**
 * Why a peer of the npm registry cannot take part.
 * @param {string} name of the package
 * @returns {string | undefined}
 */
export function whyMissing(name) {
  return existsSync(join(FOLDER, 'node_modules', name)) ? undefined : 'its package is not installed';
}

/**
 * Starts a program of `bench/peers`.
 * @param {string} file
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {Promise<{ url: string, pid: number }>}
 */
export async function startPeer(file, env = {}) {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  const { pid } = await startProcess({
    name: file,
    command: process.execPath,
    args: [join(FOLDER, file)],
    env: { ...env, PORT: String(port) },
    url,
  });
  return { url, pid };
}

/**
 * Someone who answers HTTP, as a contender.
 * @param {string} name
 * @param {string} url
 * @param {readonly HttpCall[]} calls
 * @param {(body: string) => boolean} isRight what the first call's answer must be
 * @param {Readonly<Record<string, number>>} [pids] whose use of the processor is told
 * @returns {Contender}
 */
export function httpContender(name, url, calls, isRight, pids = {}) {
  const load = prepareLoad(url, calls);
  return {
    name,
    load,
    pids,
    async check() {
      const [{ path, method = 'GET', headers = {}, body } = { path: '/' }] = calls;
      const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
      const text = await response.text();
      if (!response.ok || !isRight(text)) throw new Error(`${name} answered ${response.status} ${text.slice(0, 300)}`);
    },
  };
}

/**
 * The yardstick: a plain Express 5 hello in a process of its own.
 * @returns {Promise<Contender>}
 */
export async function startHello() {
  const { url, pid } = await startPeer('hello.mjs');
  return httpContender('Express 5 hello', url, [{ path: '/' }], (body) => body === 'Hello World!', { hello: pid });
}
