import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { renderOutcome } from './report.mjs';
import { findProgram, ROOT } from './start-process.mjs';

/** @typedef {import('./report.mjs').Outcome} Outcome */

const FILE = join(ROOT, 'bench/results.md');

/**
 * Writes the results of the cases that ran; those of others stay as they are.
 * @param {ReadonlyMap<string, Outcome | Error>} outcomes by the case's name
 * @param {readonly string[]} order of all cases
 */
export function writeResults(outcomes, order) {
  const sections = readSections();
  for (const [name, outcome] of outcomes) sections.set(name, renderSection(name, outcome));
  const known = order.flatMap((name) => sections.get(name) ?? []);
  writeFileSync(FILE, `${renderHead()}\n${known.join('\n')}`);
}

/** @returns {Map<string, string>} what the file holds of each case */
function readSections() {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  return new Map(
    text.split(/^(?=## )/m).flatMap((section) => {
      const name = /^## ([\w-]+)/.exec(section)?.[1];
      return name === undefined ? [] : [[name, `${section.trimEnd()}\n`]];
    }),
  );
}

/**
 * @param {string} name
 * @param {Outcome | Error} outcome
 */
function renderSection(name, outcome) {
  const stamp = `Measured ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC at ${commit()} on ${machine()} by \`npm run bench -- ${name}\` or within \`npm run bench\`.`;
  if (outcome instanceof Error) return `## ${name}\n${stamp}\n\n**Failed:** ${outcome.message}\n`;
  return `## ${name}: ${outcome.title}\n${stamp}\n\n${renderOutcome(outcome)}\n`;
}

function renderHead() {
  const versions = [
    `Node.js ${process.versions.node}`,
    versionOf('postgres', ['--version']) ?? versionOf('psql', ['--version']),
    versionOf('redis-server', ['--version'])?.split(' ').slice(0, 3).join(' '),
    versionOf('nginx', ['-v']),
    versionOf('freeradius', ['-v'])?.split(',')[0],
    versionOf('wrk', ['-v'])?.split(' ').slice(0, 2).join(' '),
  ];
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'bench/peers/package.json'), 'utf8'));
  return `# Results
Written by \`npm run bench\`; the cases are told of in [docs/performance.md](../docs/performance.md).

- Machine of the last run: ${machine()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}. Each case tells its own; ratios can be compared, rates cannot. Load, peers, databases and services share it.
- Programs: ${versions.filter((version) => version !== undefined).join('; ')}.
- Peers: ${Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.
- 32 connections unless told. Every figure is the median of its rounds; contenders take turns within a round, and each ratio is to the plain Express 5 hello of the same round.
`;
}

function machine() {
  return `${cpus().length} × ${cpus()[0]?.model}`;
}

/**
 * @param {string} name
 * @param {string[]} args
 */
function versionOf(name, args) {
  const program = findProgram(name);
  if (program === undefined) return undefined;
  try {
    return execFileSync('sh', ['-c', '"$0" "$@" 2>&1 || true', program, ...args], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return undefined;
  }
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'an unknown commit';
  }
}
