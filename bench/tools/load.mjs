import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scratch } from './scratch.mjs';
import { findProgram } from './start-process.mjs';

const run = promisify(execFile);
const wrk = findProgram('wrk');
const FOLDER = import.meta.dirname;

/** What sends the load: wrk where it is installed, since it leaves the most of the machine to those who are measured. */
export const LOADER = wrk === undefined ? 'autocannon' : 'wrk';

/**
 * @typedef {object} HttpCall
 * @property {string} [method]
 * @property {string} path
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {string} [body] each `[<id>]` in it becomes a text of its own every time it is sent
 */

/**
 * What a second of load came to.
 * @typedef {object} Sample
 * @property {number} rate answers a second
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} errors answers that were no success, or none at all
 * @property {number} [count] successes in all
 */

/** What wrk.lua puts a text of the same length for. */
const UNIQUE_PLACE = '@'.repeat(20);

/** After so many answers a load sends no more: enough to see that it works. 0: it sends for all its time. */
const mostAnswers = () => process.env.BENCH_ANSWERS ?? '0';

let files = 0;

/**
 * Prepares calls to be played, in turn and again and again.
 * @param {string} url scheme, host and port
 * @param {readonly HttpCall[]} calls
 * @returns {(seconds: number, connections?: number) => Promise<Sample>}
 */
export function prepareLoad(url, calls) {
  files += 1;
  const file = join(scratch, `calls-${files}`);
  if (wrk === undefined) {
    writeFileSync(file, JSON.stringify(calls));
    const script = join(FOLDER, '../peers/autocannon.mjs');
    return (seconds, connections = 32) =>
      runTool(process.execPath, [script, url, file, String(seconds), String(connections), mostAnswers()]);
  }
  writeFileSync(file, calls.map((call) => frame(toText(new URL(url).host, call))).join(''));
  return (seconds, connections = 32) =>
    runTool(wrk, [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout=10s',
      `-s${join(FOLDER, 'wrk.lua')}`,
      url,
      '--',
      file,
      mostAnswers(),
    ]);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<Sample>}
 */
async function runTool(command, args) {
  const { stdout } = await run(command, args, { maxBuffer: 1 << 24 });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (line === undefined) throw new Error(`the load generator said nothing: ${stdout.slice(-500)}`);
  return JSON.parse(line.slice('RESULT '.length));
}

/**
 * A request as it goes over the wire.
 * @param {string} host
 * @param {HttpCall} call
 */
function toText(host, { method = 'GET', path, headers = {}, body }) {
  const sent = body?.replaceAll('[<id>]', UNIQUE_PLACE);
  const length = sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${sent ?? ''}`;
}

/** @param {string} text */
function frame(text) {
  return `${Buffer.byteLength(text)}\n${text}`;
}
