import { parseArgs } from 'node:util';
import { runScript } from '../scripts/prepare.mjs';
import { cases } from './cases.mjs';
import { LOADER } from './tools/load.mjs';
import { installPeers } from './tools/peers.mjs';
import { renderOutcome } from './tools/report.mjs';
import { writeResults } from './tools/results.mjs';
import { cleanUp } from './tools/scratch.mjs';

/** @typedef {import('./tools/report.mjs').Outcome} Outcome */

const FULL = { rounds: 3, seconds: 3, warmSeconds: 1 };
const QUICK = { rounds: 1, seconds: 1, warmSeconds: 0 };

const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false } } });
const unknown = positionals.filter((name) => !cases.some((item) => item.name === name));
if (unknown.length > 0) {
  console.error(`bench: there is no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
await runScript(() => {
  installPeers();
});
const chosen = cases.filter(({ name, onDemand = false }) => (positionals.length > 0 ? positionals.includes(name) : !onDemand));
console.error(`bench: load by ${LOADER}`);
/** @type {Map<string, Outcome | Error>} */
const outcomes = new Map();
const waiting = [...chosen];
// A quick run only sees whether the cases work: most of its time is starting what takes part, which needs no peace around it.
if (values.quick) process.env.BENCH_ANSWERS = '300';
await Promise.all(Array.from({ length: values.quick ? 3 : 1 }, runThoseThatWait));
if (!values.quick)
  writeResults(
    outcomes,
    cases.map(({ name }) => name),
  );
await cleanUp();
const failed = [...outcomes].filter(([, outcome]) => outcome instanceof Error).map(([name]) => name);
console.log(
  `\n${outcomes.size - failed.length} cases worked, ${failed.length} did not${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
);
process.exit(failed.length > 0 ? 1 : 0);

async function runThoseThatWait() {
  // The last ones take the longest: of several at once those come first, lest one be left with them.
  const take = () => (values.quick ? waiting.pop() : waiting.shift());
  for (let next = take(); next !== undefined; next = take()) await runCase(next);
}

/** @param {import('./tools/case.mjs').Case} chosenCase */
async function runCase({ name, run }) {
  const startedAt = performance.now();
  try {
    const outcome = await run({ pace: values.quick ? QUICK : FULL, quick: values.quick });
    outcomes.set(name, outcome);
    console.log(`\n## ${name}: ${outcome.title}\n\n${renderOutcome(outcome)}`);
  } catch (error) {
    outcomes.set(name, error instanceof Error ? error : new Error(String(error)));
    console.error(`\n!!! ${name} failed: ${error instanceof Error ? error.stack : error}`);
  }
  console.error(`bench: ${name} took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}
