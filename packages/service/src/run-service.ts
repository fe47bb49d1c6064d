import { type LicensingConfig, readVersion } from '@gatehouse/config';
import { createVault, migrate, openDatabase } from '@gatehouse/db';
import { createLog, listen, type Route, runProcess, serveMetrics } from '@gatehouse/http';
import { connectRedis, createLimits, createVersions } from '@gatehouse/limits';
import { buildApp } from './build-app.ts';
import { createDeps, reveal, type ServiceDeps } from './deps.ts';
import { watchDeps } from './watch-deps.ts';

/** What a service is made of once it has been started. */
export interface ServiceParts {
  readonly routes: readonly Route[];
  /** What runs beside them: mail, nightly work, the port for FreeRADIUS. Closed before the database. */
  readonly background?: readonly { close(): Promise<void> }[];
}

/** What a service adds to what all have. */
export interface ServiceDefinition<Config extends LicensingConfig> {
  readonly name: string;
  readonly load: () => Config;
  readonly start: (deps: ServiceDeps, config: Config) => Promise<ServiceParts> | ServiceParts;
}

/** The process of one service in a deployment of several: reads its settings, opens what it needs, serves, drains at SIGTERM. */
export function runService<Config extends LicensingConfig>(definition: ServiceDefinition<Config>): void {
  runProcess(async () => {
    const config = definition.load();
    const log = createLog(definition.name, config.logLevel);
    const db = await openDatabase({ databaseUrl: config.databaseUrl.reveal(), log });
    await migrate(db, log);
    const redisUrl = reveal(config.redisUrl);
    const redis = redisUrl === undefined ? undefined : await connectRedis({ url: redisUrl, log });
    const metrics = await serveMetrics(config.metricsPort, config.host);
    if (metrics !== undefined) watchDeps(metrics, { db, redis });
    const deps = createDeps({
      name: definition.name,
      db,
      log,
      redis,
      metrics,
      vault: createVault(config.dataKey.reveal(), config.dataKeyPrevious?.reveal() ?? []),
      limits: createLimits(redis === undefined ? {} : { redis }),
      versions: redis === undefined ? createVersions({ mode: 'none' }) : createVersions({ mode: 'redis', redis }),
      internalSecret: config.internalSecret.reveal(),
      adminToken: reveal(config.adminToken),
      appVersion: readVersion(),
      publicUrl: config.publicUrl ?? `http://${config.host}:${config.port}`,
      dataDir: config.dataDir,
    });
    const { routes, background = [] } = await definition.start(deps, config);
    const server = await listen(buildApp(definition.name, deps, routes), config.port, config.host);
    log.info({ port: config.port }, `${definition.name} is ready`);
    return async () => {
      await server.close();
      await Promise.all(background.map((part) => part.close()));
      await Promise.all([deps.activity.close(), deps.audit.close()]);
      await metrics?.close();
      await redis?.close();
      await db.close();
      log.info('stopped');
    };
  });
}
