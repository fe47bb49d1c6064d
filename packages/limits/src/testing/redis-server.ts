import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A Redis of one's own that can be hurt. */
export interface RedisServer {
  readonly url: string;
  /** Stops answering, as a machine that hangs: connections stay open (SIGSTOP). */
  pause(): void;
  /** Goes on after {@link RedisServer.pause}. */
  resume(): void;
  /** Dies at once (SIGKILL), everything forgotten. */
  kill(): Promise<void>;
  /** Starts again on the same port, after {@link RedisServer.kill}. */
  restart(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/** Whether there is a `redis-server` on the path. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Starts a private Redis on a free port of loopback, keeping nothing on disk.
 * @throws Error when it does not answer within five seconds
 */
export async function startRedis({ password = '' } = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-redis-'));
  const port = await findFreePort();
  let child = await launch(port, directory, password);
  const killChild = (): void => void child.kill('SIGKILL');
  process.once('exit', killChild);

  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    killChild();
    await exited;
  };
  return {
    url: `redis://${password && `:${password}@`}127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill,
    restart: async () => {
      await kill();
      child = await launch(port, directory, password);
    },
    stop: async () => {
      await kill();
      process.off('exit', killChild);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * A Redis for a suite that does not hurt it: the one that `TEST_REDIS_URL` names, else a private one.
 * Several suites may share it: each takes a key prefix of its own. Null where there is neither.
 */
export async function openTestRedis(): Promise<Pick<RedisServer, 'url' | 'stop'> | null> {
  const url = process.env.TEST_REDIS_URL;
  if (url) return { url, stop: async () => undefined };
  return hasRedisServer() ? startRedis() : null;
}

async function launch(port: number, directory: string, password: string): Promise<ChildProcess> {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'no',
    requirepass: password,
    'enable-debug-command': 'yes',
  };
  const child = spawn(
    'redis-server',
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  );
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (await answers(port)) return child;
    if (child.exitCode !== null) break;
    await wait(10);
  }
  child.kill('SIGKILL');
  throw new Error(`redis-server does not answer on port ${port}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const settle = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('data', (data) => settle(/^(\+PONG|-NOAUTH)/.test(data.toString())));
    socket.once('error', () => settle(false));
    socket.once('close', () => resolve(false));
  });
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
