import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** For a process that lives for seconds, the embedded database's code is compiled simply: half the work of starting. */
const BRIEF = ['--liftoff-only'];
const MAIN = join(import.meta.dirname, '../../../standalone/dist/bundle/main.js');

/** A Gatehouse in a process of its own. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the built standalone, with no demo, on the embedded database of a data directory. */
export async function startServer(dataDir: string): Promise<TestServer> {
  const env = { PATH: process.env.PATH, PORT: '0', DEMO: 'false', DATA_DIR: dataDir };
  const child = spawn(process.execPath, [...BRIEF, MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await ready(child);
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function ready(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /ready at (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output}`)));
  });
}
