import { findRedis } from './databases.mjs';
import { readGatewaySettings, readImageSettings } from './image-settings.mjs';
import { findPort, startProcess } from './start-process.mjs';

/** @typedef {'licensing' | 'accounts' | 'hotspot'} ServiceName */

/** Secrets of the houses under measurement. */
export const ADMIN_TOKEN = 'bench-admin-token-0123456789abcdefghijkl';
export const INTERNAL_SECRET = 'bench-internal-secret-0123456789abcdef';
export const DATA_KEY = 'b7'.repeat(32);

const SERVICES = /** @type {const} */ (['licensing', 'accounts', 'hotspot']);

/**
 * Gatehouse as a deployment runs it: the gateway and the services, each a process of its own, with access log and metrics, and with the
 * settings of memory that the image has.
 * @typedef {object} House
 * @property {string} url of the gateway
 * @property {string} redisUrl
 * @property {Readonly<Record<ServiceName, string>>} services where each answers
 * @property {Readonly<Record<string, number>>} pids
 * @property {number} radiusRestPort
 * @property {(method: string, path: string, body?: object, token?: string) => Promise<any>} call asks as an operator unless a token is given
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ readonly databaseUrl: string, readonly only?: readonly ServiceName[], readonly memory?: Readonly<Record<string, string>> }} options
 *   `only`: services to be started; `memory`: settings instead of those of a deployment
 * @returns {Promise<House>}
 */
export async function startHouse({ databaseUrl, only = SERVICES, memory }) {
  const redisUrl = await findRedis();
  const radiusRestPort = await findPort();
  const started = await Promise.all(
    only.map(async (name) => ({
      name,
      ...(await startService(name, { databaseUrl, redisUrl, radiusRestPort, ...(memory && { memory }) })),
    })),
  );
  /** @param {ServiceName} name */
  const urlOf = (name) => started.find((service) => service.name === name)?.url ?? 'http://127.0.0.1:9';
  const services = { licensing: urlOf('licensing'), accounts: urlOf('accounts'), hotspot: urlOf('hotspot') };
  const gateway = await startGateway(services, redisUrl, memory);
  return {
    url: gateway.url,
    redisUrl,
    services,
    radiusRestPort,
    pids: Object.fromEntries([...started.map(({ name, pid }) => [name, pid]), ['gateway', gateway.pid]]),
    async call(method, path, body, token = ADMIN_TOKEN) {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
      const response = await fetch(gateway.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text.slice(0, 300)}`);
      return text === '' ? null : JSON.parse(text);
    },
    async stop() {
      await gateway.stop();
      await Promise.all(started.map((service) => service.stop()));
    },
  };
}

/**
 * Starts one process of a service.
 * @param {ServiceName} name
 * @param {{ readonly databaseUrl: string, readonly redisUrl: string, readonly radiusRestPort?: number, readonly memory?: Readonly<Record<string, string>> }} options
 */
export async function startService(name, { databaseUrl, redisUrl, radiusRestPort, memory = readImageSettings() }) {
  const port = await findPort();
  const env = {
    ...memory,
    ...(await commonSettings(port)),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    ADMIN_TOKEN,
    DATA_KEY,
    ...(name === 'hotspot' && radiusRestPort !== undefined ? { RADIUS_REST_PORT: String(radiusRestPort) } : {}),
  };
  const running = await startProcess({
    name,
    command: process.execPath,
    args: [...profileArgs(name), `services/${name}/dist/main.js`],
    env,
    ready: /is ready/,
  });
  return { url: `http://127.0.0.1:${port}`, ...running };
}

/**
 * Starts a gateway in front of services.
 * @param {Readonly<Record<ServiceName, string>>} services
 * @param {string} redisUrl
 * @param {Readonly<Record<string, string>>} [memory] settings instead of those of a deployment
 */
export async function startGateway(services, redisUrl, memory = readGatewaySettings()) {
  const port = await findPort();
  const env = {
    ...memory,
    ...(await commonSettings(port)),
    REDIS_URL: redisUrl,
    LICENSING_URL: services.licensing,
    ACCOUNTS_URL: services.accounts,
    HOTSPOT_URL: services.hotspot,
  };
  const running = await startProcess({
    name: 'gateway',
    command: process.execPath,
    args: [...profileArgs('gateway'), 'services/gateway/dist/main.js'],
    env,
    ready: /is ready/,
  });
  return { url: `http://127.0.0.1:${port}`, ...running };
}

/** @param {number} port */
async function commonSettings(port) {
  return { PORT: String(port), METRICS_PORT: String(await findPort()), INTERNAL_SECRET, LOG_LEVEL: 'info' };
}

/**
 * With BENCH_PROFILE=gateway,accounts those processes write a CPU profile into BENCH_PROFILE_DIR when they end.
 * @param {string} name
 */
function profileArgs(name) {
  const { BENCH_PROFILE = '', BENCH_PROFILE_DIR = '.' } = process.env;
  return BENCH_PROFILE.split(',').includes(name)
    ? ['--cpu-prof', `--cpu-prof-dir=${BENCH_PROFILE_DIR}`, `--cpu-prof-name=${name}-${process.pid}.cpuprofile`]
    : [];
}
