import { readCpuMicros } from './cpu.mjs';

/** @typedef {import('./load.mjs').Sample} Sample */

/**
 * Someone who is measured.
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => Promise<void>} [check] throws when it does not do what is measured
 * @property {(seconds: number, connections?: number) => Promise<Sample>} load
 * @property {Readonly<Record<string, number>>} [pids] its processes by name: what a call costs each of them is told
 */

/**
 * What the rounds of a contender came to.
 * @typedef {object} Figures
 * @property {string} name
 * @property {number} rate the median of the rounds, a second
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number | null} ratio the median of what it was to the yardstick of the same round; null without one
 * @property {readonly number[]} rates of each round
 * @property {Readonly<Record<string, number>>} cpuMicros what a call cost each of its processes, which does not depend on who else is at work
 */

/** @typedef {{ readonly rounds: number, readonly seconds: number, readonly warmSeconds: number }} Pace */

/**
 * Checks the contenders, warms them up, and measures them by turns: what disturbs the machine for a while disturbs all of them.
 * @param {readonly Contender[]} contenders the first is the yardstick of the ratios
 * @param {Pace} pace
 * @returns {Promise<Figures[]>}
 * @throws Error when one fails its check or answers with errors
 */
export async function measureByTurns(contenders, { rounds, seconds, warmSeconds }) {
  for (const { check, load } of contenders) {
    await check?.();
    if (warmSeconds > 0) await load(warmSeconds);
  }
  /** @type {Sample[][]} */
  const samples = contenders.map(() => []);
  /** @type {Record<string, number>[]} */
  const cpu = contenders.map(() => ({}));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { name, load, pids = {} }] of contenders.entries()) {
      const before = readAll(pids);
      const sample = await load(seconds);
      addUse(cpu[index] ?? {}, before, readAll(pids));
      if (sample.errors > 0 || sample.rate === 0)
        throw new Error(`${name}: ${sample.errors} errors at ${sample.rate.toFixed(0)} answers a second`);
      samples[index]?.push(sample);
    }
  }
  const yardstick = samples[0] ?? [];
  return contenders.map(({ name }, index) => {
    const own = samples[index] ?? [];
    return {
      name,
      rate: median(own.map(({ rate }) => rate)),
      p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
      ratio: median(own.map(({ rate }, round) => rate / (yardstick[round]?.rate ?? Number.NaN))),
      rates: own.map(({ rate }) => rate),
      cpuMicros: divideAll(
        cpu[index] ?? {},
        own.reduce((sum, { count = 0 }) => sum + count, 0),
      ),
    };
  });
}

/** @param {Readonly<Record<string, number>>} pids */
function readAll(pids) {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, readCpuMicros(pid)]));
}

/**
 * @param {Record<string, number>} sums
 * @param {Readonly<Record<string, number>>} before
 * @param {Readonly<Record<string, number>>} after
 */
function addUse(sums, before, after) {
  for (const [name, micros] of Object.entries(after)) sums[name] = (sums[name] ?? 0) + micros - (before[name] ?? 0);
}

/**
 * @param {Readonly<Record<string, number>>} sums
 * @param {number} count
 */
function divideAll(sums, count) {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / count]));
}

/**
 * @param {readonly number[]} values
 * @returns {number} NaN of none
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
