import { join } from 'node:path';
import { findRedis } from './databases.mjs';
import { httpContender } from './peers.mjs';
import { findPort, ROOT, startProcess } from './start-process.mjs';

/**
 * Starts a server of `bench/servers`.
 * @param {string} name of its file
 * @param {Readonly<Record<string, string>>} settings
 */
export async function startServer(name, settings) {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...settings, PORT: String(port) };
  const { pid } = await startProcess({ name, command: process.execPath, args: [join(ROOT, `bench/servers/${name}.mjs`)], env, url });
  return { url, pid };
}

/**
 * The limit of a call: a service that does no more than its libraries, behind a gateway that does no more than forward. What costs
 * more than this cannot be had with them, whatever is done; the rest of a call's cost is ours.
 * @param {string} databaseUrl
 * @param {readonly import('./load.mjs').HttpCall[]} calls
 * @param {(body: string) => boolean} isRight
 * @returns {Promise<import('./rounds.mjs').Contender>}
 */
export async function startLeast(databaseUrl, calls, isRight) {
  const service = await startServer('least-service', { DATABASE_URL: databaseUrl, REDIS_URL: await findRedis() });
  const proxy = await startServer('bare-proxy', { UPSTREAM: service.url });
  return httpContender('(the least: the same libraries and no duty)', proxy.url, calls, isRight, {
    service: service.pid,
    proxy: proxy.pid,
  });
}
