import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readCode } from './stamp.mjs';

const POLL_MS = 100;
/** How long a lock may be without its holder's id: the moment between its creation and the first write. */
const UNSIGNED_MS = 2000;

/**
 * Runs work while no other process of this machine holds the same lock; waits for it without limit.
 * A lock whose holder has ended is taken over, so an interrupted run leaves nothing to clean up.
 * @template T
 * @param {string} file
 * @param {() => T} work
 * @returns {T}
 */
export function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryLock(file)) {
    if (isAbandoned(file)) rmSync(file, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (readCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function isAbandoned(file) {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    if (!holder) return Date.now() - statSync(file).mtimeMs > UNSIGNED_MS;
    process.kill(holder, 0);
    return holder === process.pid;
  } catch (error) {
    // ENOENT: just released. EPERM: alive, another user's.
    return readCode(error) === 'ESRCH';
  }
}
