import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `docker compose` or `docker-compose`, with the project's name. */
export const command = (process.env.GATEHOUSE_COMPOSE ?? 'docker-compose').split(' ');

const project = command.at(-1);

/** The deployment that `npm run test:compose` has brought up, as its environment names it. */
export const deployment = {
  baseUrl: `http://127.0.0.1:${process.env.PORT ?? '8080'}`,
  adminToken: await readAdminToken(),
};

/** The operator's token, as whoever may use Docker reads it. */
export async function readAdminToken(): Promise<string> {
  return (await compose('exec', '-T', 'accounts', 'cat', '/run/gatehouse/secrets/admin-token')).trim();
}

/** Runs a command of compose, such as `compose('stop', 'redis')`, and gives what it prints. */
export async function compose(...args: string[]): Promise<string> {
  const [file = 'docker-compose', ...first] = command;
  const { stdout } = await run(file, [...first, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Runs docker itself. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Ids of the containers of a service: those that run, or those that ended too. */
export async function containersOf(service: string, which: 'running' | 'all' = 'running'): Promise<string[]> {
  const labels = ['--filter', `label=com.docker.compose.project=${project}`, '--filter', `label=com.docker.compose.service=${service}`];
  return (await docker('ps', '-q', ...(which === 'all' ? ['-a'] : []), ...labels)).split('\n').filter(Boolean);
}

/** Runs a program in a container, hands it `input`, and gives what it prints. @throws Error with what it complained of */
export function execIn(container: string, program: readonly string[], input: string | Buffer = ''): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', ['exec', '-i', container, ...program]);
    const pieces: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => errors.push(piece));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(pieces));
      else reject(new Error(`${program.join(' ')} ended with ${code}: ${Buffer.concat([...errors, ...pieces]).toString()}`));
    });
    child.stdin.on('error', () => undefined).end(input);
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

/** Waits until every container of the deployment is healthy in Docker's eyes. */
export function allContainersHealthy(limitMs: number): Promise<void> {
  return eventually('every container is healthy', limitMs, async () => {
    const states = await docker('ps', '--filter', `label=com.docker.compose.project=${project}`, '--format', '{{.Status}}');
    return states.split('\n').every((state) => state.includes('(healthy)'));
  });
}
