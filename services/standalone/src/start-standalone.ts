import { startAccounts } from '@gatehouse/accounts';
import { readVersion, type StandaloneConfig, type withSecrets } from '@gatehouse/config';
import { createVault, type Database, migrate, openDatabase } from '@gatehouse/db';
import { startGateway } from '@gatehouse/gateway';
import { startHotspot } from '@gatehouse/hotspot';
import { createLog, type Listening, listen, serveMetrics } from '@gatehouse/http';
import { startLicensing } from '@gatehouse/licensing';
import { connectRedis, createLimits, createVersions, type RedisLink } from '@gatehouse/limits';
import { buildApp, createDeps, reveal, type ServiceDeps, type ServiceParts, watchDeps } from '@gatehouse/service';

/** Settings with every secret present. */
export type CompleteConfig = ReturnType<typeof withSecrets>['config'];

/** Everything in one process. */
export interface Standalone {
  /** Where the gateway answers. */
  readonly baseUrl: string;
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** Services listen on this machine only, on whatever port is free: the gateway is the one way in. */
const INNER_HOST = '127.0.0.1';

/**
 * Starts all services and the gateway in this process, on the embedded database unless `DATABASE_URL` is set.
 * @throws OperatorError when the port or the data directory is in use
 */
export async function startStandalone(config: CompleteConfig): Promise<Standalone> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await start(config, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(config: CompleteConfig, closers: (() => Promise<void>)[]): Promise<Omit<Standalone, 'close'>> {
  const log = createLog('standalone', config.logLevel);
  const databaseUrl = reveal(config.databaseUrl);
  const db = await openDatabase({ log, ...(databaseUrl === undefined ? { dataDir: config.dataDir } : { databaseUrl }) });
  closers.push(() => db.close());
  await migrate(db, log);
  const redisUrl = reveal(config.redisUrl);
  const redis = redisUrl === undefined ? undefined : await connectRedis({ url: redisUrl, log });
  if (redis !== undefined) closers.push(() => redis.close());
  const metrics = await serveMetrics(config.metricsPort, config.host);
  if (metrics !== undefined) {
    closers.push(() => metrics.close());
    watchDeps(metrics, { db, redis });
  }

  const baseUrl = `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host}`;
  const internalSecret = config.internalSecret.reveal();
  const common = { ...sharedDeps(config, db, redis), log, redis, metrics, internalSecret };
  const deps = (name: string): ServiceDeps => {
    const made = createDeps({ ...common, name, publicUrl: config.publicUrl ?? `${baseUrl}:${config.port}` });
    closers.push(async () => void (await Promise.all([made.activity.close(), made.audit.close()])));
    return made;
  };
  const serve = async (name: string, begin: (made: ServiceDeps) => Promise<ServiceParts> | ServiceParts): Promise<string> => {
    const made = deps(name);
    const { routes, background = [] } = await begin(made);
    closers.push(async () => void (await Promise.all(background.map((part) => part.close()))));
    const server = await listen(buildApp(name, made, routes), 0, INNER_HOST);
    // The gateway has ended by then, so nobody is left who could ask anything: idle connections need not be waited for.
    closers.push(() => server.close(0));
    return `http://${INNER_HOST}:${server.port}`;
  };
  const upstreams = {
    licensing: await serve('licensing', startLicensing),
    accounts: await serve('accounts', (made) => startAccounts(made, accountsOptions(config))),
    hotspot: await serve('hotspot', (made) =>
      startHotspot(made, { cloudDomain: config.cloudDomain, radiusRestPort: config.radiusRestPort, host: INNER_HOST }),
    ),
  };
  const gateway: Listening = await startGateway({
    upstreams,
    internalSecret,
    log,
    metrics,
    port: config.port,
    host: config.host,
    cloudDomain: config.cloudDomain,
    trustProxy: config.trustProxy,
    rateLimits: common.limits,
  });
  closers.push(() => gateway.close());
  return { baseUrl: `${baseUrl}:${gateway.port}`, embedded: databaseUrl === undefined };
}

function sharedDeps(config: CompleteConfig, db: Database, redis: RedisLink | undefined) {
  return {
    db,
    vault: createVault(config.dataKey.reveal(), config.dataKeyPrevious?.reveal() ?? []),
    limits: createLimits(redis === undefined ? {} : { redis }),
    // With a database of its own this is the one process; with a shared one there may be others.
    versions:
      redis !== undefined ? createVersions({ mode: 'redis', redis }) : createVersions({ mode: db.kind === 'embedded' ? 'memory' : 'none' }),
    adminToken: config.adminToken.reveal(),
    appVersion: readVersion(),
    dataDir: config.dataDir,
  };
}

function accountsOptions(config: StandaloneConfig) {
  return { dataDir: config.dataDir, smtpUrl: reveal(config.smtpUrl), telegramBotToken: reveal(config.telegramBotToken) };
}
