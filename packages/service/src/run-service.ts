import { type LicensingConfig, readVersion } from '@gatehouse/config';
import { createVault, migrate, openDatabase } from '@gatehouse/db';
import { createLog, listen, type Route, runProcess } from '@gatehouse/http';
import { connectRedis, createLimits, createVersions } from '@gatehouse/limits';
import { buildApp } from './build-app.ts';
import { createDeps, reveal, type ServiceDeps } from './deps.ts';

/** What a service adds to what all have. */
export interface ServiceDefinition<Config extends LicensingConfig> {
  readonly name: string;
  readonly load: () => Config;
  /** Its routes; also the place to start what runs beside them. */
  readonly routes: (deps: ServiceDeps, config: Config) => Promise<readonly Route[]> | readonly Route[];
  /** Further servers, such as the port for FreeRADIUS. Closed with the rest. */
  readonly listenMore?: (deps: ServiceDeps, config: Config) => Promise<readonly { close(): Promise<void> }[]>;
}

/** The process of one service in a deployment of several: reads its settings, opens what it needs, serves, drains at SIGTERM. */
export function runService<Config extends LicensingConfig>(definition: ServiceDefinition<Config>): void {
  runProcess(async () => {
    const config = definition.load();
    const log = createLog(definition.name, config.logLevel);
    const db = await openDatabase({ databaseUrl: config.databaseUrl.reveal(), log });
    await migrate(db, log);
    const redisUrl = reveal(config.redisUrl);
    const redis = redisUrl === undefined ? undefined : connectRedis({ url: redisUrl, log });
    const deps = createDeps({
      name: definition.name,
      db,
      log,
      redis,
      vault: createVault(config.dataKey.reveal(), config.dataKeyPrevious?.reveal() ?? []),
      limits: createLimits(redis === undefined ? {} : { redis }),
      versions: redis === undefined ? createVersions({ mode: 'none' }) : createVersions({ mode: 'redis', redis }),
      internalSecret: config.internalSecret.reveal(),
      adminToken: reveal(config.adminToken),
      appVersion: readVersion(),
      publicUrl: config.publicUrl ?? `http://${config.host}:${config.port}`,
    });
    const app = buildApp(definition.name, deps, await definition.routes(deps, config));
    const servers: { close(): Promise<void> }[] = [await listen(app, config.port, config.host)];
    servers.push(...((await definition.listenMore?.(deps, config)) ?? []));
    log.info({ port: config.port }, `${definition.name} is ready`);
    return async () => {
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all([deps.activity.close(), deps.audit.close()]);
      await redis?.close();
      await db.close();
      log.info('stopped');
    };
  });
}
