import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INTERNAL_SECRET } from '@gatehouse/testing';

const FOLDER = fileURLToPath(new URL('../../freeradius/', import.meta.url));
const NOBODY = 65_534;

/** A FreeRADIUS under test. */
export interface FreeRadius {
  readonly authPort: number;
  readonly acctPort: number;
  /** What it has logged so far. */
  log(): string;
  close(): Promise<void>;
}

/** Whether Debian's `freeradius`, `freeradius-rest` and `freeradius-utils` are here; says so when they are not. */
export function hasFreeRadius(): boolean {
  const has = hasProgram('freeradius') && hasProgram('radclient') && existsSync('/usr/lib/freeradius/rlm_rest.so');
  if (!has) process.emitWarning('FreeRADIUS is not installed (freeradius freeradius-rest freeradius-utils): RADIUS is not tested.');
  return has;
}

function hasProgram(name: string): boolean {
  return ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].some((folder) => existsSync(join(folder, name)));
}

/** Starts the real FreeRADIUS by the script that deployments use, on free ports and as an ordinary user. */
export async function startFreeRadius(options: {
  readonly restPort: number;
  readonly networks: string;
  readonly seconds?: number;
}): Promise<FreeRadius> {
  const [authPort, acctPort] = [await findPort(), await findPort()];
  const runDir = mkdtempSync(join(tmpdir(), 'gatehouse-freeradius-'));
  const user = ordinaryUser();
  if (user !== undefined) chownSync(runDir, user.uid, user.gid);
  const child = spawn(join(FOLDER, 'run.sh'), [], {
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      INTERNAL_SECRET,
      RADIUS_REST_URL: `http://127.0.0.1:${options.restPort}`,
      RADIUS_NETWORKS: options.networks,
      RADIUS_LISTEN: '127.0.0.1',
      RADIUS_AUTH_PORT: String(authPort),
      RADIUS_ACCT_PORT: String(acctPort),
      RADIUS_CLIENT_SECONDS: String(options.seconds ?? 60),
      RADIUS_RUN_DIR: runDir,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await waitUntilReady(child, () => log);
  return {
    authPort,
    acctPort,
    log: () => log,
    close: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await exited;
      rmSync(runDir, { recursive: true, force: true });
    },
  };
}

/** Root is no ordinary user; whoever may not read the folder of the project is none either. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = { uid: NOBODY, gid: NOBODY };
  return spawnSync('test', ['-r', join(FOLDER, 'radiusd.conf')], user).status === 0 ? user : undefined;
}

function waitUntilReady(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (log().includes('Ready to process requests')) resolve();
    };
    child.stdout?.on('data', look);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`FreeRADIUS did not start:\n${log()}`)));
  });
}

async function findPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** What came back for a packet; `none` when nothing did. */
export interface RadiusAnswer {
  readonly code: 'Access-Accept' | 'Access-Reject' | 'Accounting-Response' | 'none';
  readonly attributes: Readonly<Record<string, string>>;
  readonly durationMs: number;
}

/** Sends a packet by radclient, again every second as access points do, and waits for the answer. */
export function sendRadius(
  server: FreeRadius,
  kind: 'auth' | 'acct',
  attributes: Readonly<Record<string, string | number>>,
  { secret, waitSeconds = 3 }: { readonly secret: string; readonly waitSeconds?: number },
): Promise<RadiusAnswer> {
  const port = kind === 'auth' ? server.authPort : server.acctPort;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = execFile(
      'radclient',
      ['-x', '-t', '1', '-r', String(waitSeconds), `127.0.0.1:${port}`, kind, secret],
      (error, stdout) => {
        if (error !== null && typeof error.code !== 'number') return reject(error);
        return resolve({ ...parseAnswer(stdout), durationMs: performance.now() - startedAt });
      },
    );
    child.stdin?.end(
      Object.entries(attributes)
        .map(
          ([name, value]) =>
            `${name.replace(/\/\d+$/, '')} = ${typeof value === 'number' || value.startsWith('0x') ? value : JSON.stringify(value)}`,
        )
        .join('\n'),
    );
  });
}

function parseAnswer(output: string): Pick<RadiusAnswer, 'code' | 'attributes'> {
  const [head = '', ...lines] = output.slice(output.indexOf('Received ')).split('\n');
  const [, code] = /^Received (Access-Accept|Access-Reject|Accounting-Response) /.exec(head) ?? [];
  const attributes = lines.flatMap((line) => {
    const [, name, value = ''] = /^\t([\w-]+) = (.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.replace(/^"(.*)"$/, '$1')] as const];
  });
  if (code !== 'Access-Accept' && code !== 'Access-Reject' && code !== 'Accounting-Response') return { code: 'none', attributes: {} };
  return { code, attributes: Object.fromEntries(attributes) };
}
