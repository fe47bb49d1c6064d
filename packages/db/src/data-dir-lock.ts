import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '@gatehouse/faults';

/** Another process works in the data directory. The message is one clear sentence for the operator. */
export class DataDirInUse extends OperatorError {
  override readonly name = 'DataDirInUse';

  constructor(dataDir: string) {
    super(`The data directory ${dataDir} is in use by another process.`);
  }
}

/**
 * Holds a data directory for this process.
 *
 * Each holder listens on a socket of its own in the directory, then looks whether another one's answers. The kernel closes a
 * killed process's socket, so nothing is ever left stuck; and since all listen before they look, of two at least one sees the other.
 * @returns a function that lets go
 * @throws DataDirInUse
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const server = await tryLock(dataDir);
    if (server !== null) return () => new Promise((resolve) => server.close(() => resolve()));
    // Two who came at the same instant see each other and both step back: a moment of chance parts them.
    if (attempt === 4) throw new DataDirInUse(dataDir);
    await sleep(20 + Math.random() * 80);
  }
}

async function tryLock(dataDir: string): Promise<Server | null> {
  const { folder, prefix } = socketPlace(dataDir);
  const own = `${prefix}${randomBytes(6).toString('hex')}.sock`;
  const server = await listen(join(folder, own));
  for (const name of readdirSync(folder)) {
    if (name === own || !name.startsWith(prefix) || !name.endsWith('.sock')) continue;
    if (await answers(join(folder, name))) {
      await new Promise((resolve) => server.close(resolve));
      return null;
    }
    rmSync(join(folder, name), { force: true });
  }
  return server;
}

/** In the directory itself, unless the path is longer than a socket's may be (104 bytes on macOS, 108 on Linux). */
function socketPlace(dataDir: string): { folder: string; prefix: string } {
  const real = realpathSync(dataDir);
  const fromHere = relative(process.cwd(), real) || '.';
  const folder = Buffer.byteLength(fromHere) < Buffer.byteLength(real) ? fromHere : real;
  if (Buffer.byteLength(folder) <= 70) return { folder, prefix: '.lock-' };
  return { folder: tmpdir(), prefix: `gatehouse-${createHash('sha256').update(real).digest('hex').slice(0, 16)}-` };
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      // A lock keeps no process alive.
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', (error) => settle(!('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT'))));
  });
}
