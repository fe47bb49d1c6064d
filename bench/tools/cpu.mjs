import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Microseconds a tick of /proc, which counts in USER_HZ. */
const TICK_MICROS = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * How much of a processor a process has used so far, in microseconds; 0 of one that is not there.
 * @param {number} pid
 */
export function readCpuMicros(pid) {
  try {
    // The name, in brackets, may hold anything; utime and stime are the 12th and 13th after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
  } catch {
    return 0;
  }
}

/**
 * The memory that a process holds, in megabytes; 0 of one that is not there.
 * @param {number} pid
 */
export function readMemoryMb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * The process that a wrapper such as npm runs: the youngest of its line.
 * @param {number} pid
 * @returns {number}
 */
export function findWorker(pid) {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return child === undefined ? pid : findWorker(Number(child));
  } catch {
    return pid;
  }
}
