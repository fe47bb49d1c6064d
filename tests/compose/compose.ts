import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The deployment that `npm run test:compose` has brought up, as its environment names it. */
export const deployment = {
  baseUrl: process.env.GATEHOUSE_URL ?? 'http://127.0.0.1:8080',
  adminToken: process.env.GATEHOUSE_ADMIN_TOKEN ?? '',
  /** `docker compose` or `docker-compose`, with the project's name. */
  command: (process.env.GATEHOUSE_COMPOSE ?? 'docker-compose').split(' '),
};

/** Runs a command of compose, such as `compose('stop', 'redis')`, and gives what it prints. */
export async function compose(...args: string[]): Promise<string> {
  const [file = 'docker-compose', ...first] = deployment.command;
  const { stdout } = await run(file, [...first, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Runs docker itself. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Ids of the containers of a service. */
export async function containersOf(service: string): Promise<string[]> {
  return (await compose('ps', '-q', service)).split('\n').filter(Boolean);
}

/** Runs a shell command in a container of a service and gives its bytes. */
export async function execIn(service: string, command: string, input?: Buffer): Promise<Buffer> {
  const [id = ''] = await containersOf(service);
  return new Promise((resolve, reject) => {
    const child = spawn('docker', ['exec', ...(input === undefined ? [] : ['-i']), id, 'sh', '-c', command]);
    const pieces: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => errors.push(piece));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(pieces)) : reject(new Error(Buffer.concat(errors).toString()))));
    child.stdin.end(input);
  });
}

/** Asks until `check` holds. @throws Error after `limitMs` */
export async function eventually(what: string, limitMs: number, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    if (await check().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`not within ${limitMs / 1000} s: ${what}`);
}

/** Waits until the gateway and all services behind it are ready. */
export function allHealthy(limitMs: number): Promise<void> {
  return eventually('everything is healthy', limitMs, async () => {
    const response = await fetch(`${deployment.baseUrl}/readyz`, { signal: AbortSignal.timeout(4_000) });
    const { status } = (await response.json()) as { status: string };
    return response.ok && status === 'ready';
  });
}
