import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readMemoryMb } from '../tools/cpu.mjs';
import { startMixedHouse } from '../tools/mixed-load.mjs';
import { median } from '../tools/rounds.mjs';
import { scratch } from '../tools/scratch.mjs';
import { loadStandalone, startStandalone } from './start.mjs';

/** Loads of this long, one after the other; memory is read after each. */
const STEP_SECONDS = 15;
const MINUTES = 10;
/** What chance alone makes of a heap that is not growing. */
const SLACK = 1.1;

/** Ten minutes of load grow nothing. @type {import('../tools/case.mjs').Case} */
export const soak = {
  name: 'soak',
  onDemand: true,
  async run({ quick }) {
    const steps = quick ? 4 : (MINUTES * 60) / STEP_SECONDS;
    const seconds = quick ? 1 : STEP_SECONDS;
    const dataDir = mkdtempSync(join(scratch, 'soak-'));
    const standalone = await startStandalone(dataDir);
    const { house, load, database } = await startMixedHouse();
    const pids = { ...house.pids, standalone: standalone.pid };
    /** @type {Record<string, number[]>} */
    const memory = Object.fromEntries(Object.keys(pids).map((name) => [name, []]));
    let calls = 0;
    for (let step = 0; step < steps; step += 1) {
      const [sample] = await Promise.all([load(seconds), loadStandalone({ url: standalone.url, dataDir }, seconds)]);
      if (sample.errors > 0) throw new Error(`${sample.errors} errors in step ${step + 1}`);
      calls += sample.count ?? 0;
      for (const [name, pid] of Object.entries(pids)) memory[name]?.push(readMemoryMb(pid));
    }
    await house.stop();
    await standalone.stop();
    await database.drop();
    return {
      title: `memory over ${MINUTES} minutes of load`,
      lines: Object.entries(memory).map(([name, values]) => toLine(name, values)),
      notes: [
        `${calls.toLocaleString('en')} calls of all APIs through the gateway, and a standalone under load beside it. Resident MB: the medians of the second quarter and of the last one; up to ${Math.round((SLACK - 1) * 100)} % between them is chance.`,
      ],
    };
  },
};

/**
 * @param {string} name
 * @param {readonly number[]} values
 */
function toLine(name, values) {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const early = median(values.slice(quarter, 2 * quarter));
  const late = median(values.slice(-quarter));
  const cells = { 'second quarter MB': early.toFixed(0), 'last quarter MB': late.toFixed(0), 'most MB': Math.max(...values).toFixed(0) };
  return { name, cells, reach: 'grows nothing', reached: late <= early * SLACK };
}
