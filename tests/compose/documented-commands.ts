import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { command } from './compose.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}docs/operations.md`, 'utf8');

/**
 * Runs a block of shell commands of docs/operations.md as it stands there.
 * @param after words on that page; the first block behind them is meant
 * @param folder where files are written and read
 * @param env settings beside those of this test, which has no `.env`
 */
export async function runDocumented(after: string, folder: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const start = page.indexOf(after);
  const [, block] = /```sh\n([\s\S]*?)```/.exec(page.slice(start)) ?? [];
  if (start === -1 || block === undefined) throw new Error(`docs/operations.md has no commands after: ${after}`);
  // Compose v2 is a command of docker's (`docker compose -f …`), v1 a program: the file is named after either.
  const composeCommand = `command ${command.join(' ')} -f '${root}docker-compose.yml'`;
  const script = `exec </dev/null\ndocker-compose() { ${composeCommand} "$@"; }\n${block}`;
  const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], options);
  return stdout + stderr;
}
