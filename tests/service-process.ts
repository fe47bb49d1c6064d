import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { endProgram, startWell } from './run-process.ts';

/** The secret between the gateway and the services of a test: calls carry it in place of a gateway. */
export const SECRET = 'secret-between-gateway-and-services-0123';
/** What operators' calls carry. */
export const ADMIN_TOKEN = 'token-of-the-operators-of-a-test-012345';

/** A built service in a process of its own, asked directly. */
export interface ServiceProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
}

/** Headers with which the gateway would send on a call from this address. */
export function asGateway(address = '203.0.113.7'): Record<string, string> {
  return { 'x-gatehouse-secret': SECRET, 'x-gatehouse-address': address };
}

/** Starts the process that docker-compose starts, on a port of its own. */
export async function startService(
  name: 'licensing' | 'accounts' | 'hotspot',
  environment: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const port = String(await findFreePort());
  const secrets = { INTERNAL_SECRET: SECRET, ADMIN_TOKEN, DATA_KEY: 'ab'.repeat(32) };
  const ready = new RegExp(`"port":(\\d+),"msg":"${name} is ready"`);
  const { process } = await startWell(
    `services/${name}/dist/main.js`,
    { ...secrets, LOG_LEVEL: 'info', ...environment, PORT: port },
    ready,
  );
  return { url: `http://127.0.0.1:${port}`, process, stop: async () => void (await endProgram(process, 'SIGTERM')) };
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
