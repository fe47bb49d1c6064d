import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@gatehouse/db';
import { createTestDatabase } from '@gatehouse/db/testing';

/** The built standalone in a process of its own, on a database and a data directory of its own. */
export interface StandaloneProcess {
  readonly baseUrl: string;
  readonly dataDir: string;
  /** Everything it has said on stdout and stderr. */
  output(): string;
  /** Sends a signal; resolves with its exit code once it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Its database, after it has ended. Closed by `remove`. */
  open(): Promise<Database>;
  /** Deletes what it left behind. */
  remove(): Promise<void>;
}

/** For a process that lives for seconds, the embedded database's code is compiled simply: half the work of starting. */
const BRIEF = ['--liftoff-only'];
const MAIN = join(import.meta.dirname, '../../dist/bundle/main.js');
const SILENT = { info: () => undefined, warn: () => undefined };

/** Starts it, with no demo data, on PostgreSQL when `TEST_DATABASE_URL` is set, and with Redis when `TEST_REDIS_URL` is. */
export async function startProcess(environment: Readonly<Record<string, string>> = {}): Promise<StandaloneProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-process-'));
  const server = process.env.TEST_DATABASE_URL ? await createTestDatabase({ databaseUrl: process.env.TEST_DATABASE_URL }) : undefined;
  const child = spawn(process.execPath, [...BRIEF, MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: dataDir,
      DEMO: 'false',
      ...(server?.url === undefined ? {} : { DATABASE_URL: server.url }),
      ...(process.env.TEST_REDIS_URL ? { REDIS_URL: process.env.TEST_REDIS_URL } : {}),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const baseUrl = await ready(child, () => output);
  let db: Database | undefined;
  return {
    baseUrl,
    dataDir,
    output: () => output,
    end(signal) {
      child.kill(signal);
      return gone;
    },
    async open() {
      db ??= server?.db ?? (await openDatabase({ dataDir, log: SILENT }));
      return db;
    },
    async remove() {
      child.kill('SIGKILL');
      await gone;
      await db?.close();
      await server?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = /ready at (\S+)/.exec(output())?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output()}`)));
  });
}
