import { type ConfigOf, defineConfig, optional, required, withDefault } from './define-config.ts';
import type { Environment } from './read-variable.ts';
import { settings } from './settings.ts';

/**
 * Reads the settings of one process from the environment.
 * @param name Which process.
 * @param environment Where to read them; the process's own unless told. Unknown variables are ignored.
 * @returns A frozen object. A setting that may be left out and was is `undefined`.
 * @throws {ConfigError} One error with a sentence for every mistake.
 * @example const config = loadConfig('gateway');
 */
export function loadConfig<N extends ConfigName>(name: N, environment: Environment = process.env): Configs[N] {
  return loaders[name](environment);
}

/** What every process has. Port 0 means any free one. */
const server = {
  host: withDefault(settings.host, '127.0.0.1'),
  port: withDefault(settings.port, 8080),
  metricsPort: optional(settings.metricsPort),
  logLevel: withDefault(settings.logLevel, 'info'),
  publicUrl: optional(settings.publicUrl),
};

/**
 * What every service behind the gateway has. Without `adminToken` operators are administrators who signed in; without `dataDir`
 * checkpoints of the audit log are in the process's log only.
 */
const service = {
  ...server,
  dataDir: optional(settings.dataDir),
  databaseUrl: required(settings.databaseUrl),
  redisUrl: optional(settings.redisUrl),
  adminToken: optional(settings.adminToken),
  dataKey: required(settings.dataKey),
  dataKeyPrevious: optional(settings.dataKeyPrevious),
  internalSecret: required(settings.internalSecret),
};

/** What accounts has beyond the others: how its messages get out. */
const messages = {
  dataDir: withDefault(settings.dataDir, './data'),
  smtpUrl: optional(settings.smtpUrl),
  telegramBotToken: optional(settings.telegramBotToken),
};

/** What hotspot has beyond the others. */
const venues = {
  cloudDomain: optional(settings.cloudDomain),
  radiusRestPort: optional(settings.radiusRestPort),
};

const loadGateway = defineConfig(
  {
    ...server,
    redisUrl: optional(settings.redisUrl),
    internalSecret: required(settings.internalSecret),
    cloudDomain: optional(settings.cloudDomain),
    trustProxy: withDefault<readonly string[]>(settings.trustProxy, []),
    licensingUrl: required(settings.licensingUrl),
    accountsUrl: required(settings.accountsUrl),
    hotspotUrl: required(settings.hotspotUrl),
  },
  findPortConflicts,
);
const loadLicensing = defineConfig(service, findPortConflicts);
const loadAccounts = defineConfig({ ...service, ...messages }, findPortConflicts);
const loadHotspot = defineConfig({ ...service, ...venues }, findPortConflicts);
const loadStandalone = defineConfig(
  {
    ...service,
    ...messages,
    ...venues,
    databaseUrl: optional(settings.databaseUrl),
    dataKey: optional(settings.dataKey),
    internalSecret: optional(settings.internalSecret),
    trustProxy: withDefault<readonly string[]>(settings.trustProxy, []),
    demo: withDefault(settings.demo, true),
    // Its terminal is a person's: one line a request would bury what it has to say.
    logLevel: withDefault(settings.logLevel, 'warn'),
  },
  findPortConflicts,
);
const loadMigrate = defineConfig({ databaseUrl: required(settings.databaseUrl), logLevel: server.logLevel });
/** The command line: where the server is, or its database for what works without it. */
const loadCli = defineConfig({
  gatehouseUrl: optional(settings.gatehouseUrl),
  gatehouseApiKey: optional(settings.gatehouseApiKey),
  port: server.port,
  dataDir: withDefault(settings.dataDir, './data'),
  databaseUrl: optional(settings.databaseUrl),
  redisUrl: optional(settings.redisUrl),
  adminToken: optional(settings.adminToken),
  dataKey: optional(settings.dataKey),
  dataKeyPrevious: optional(settings.dataKeyPrevious),
});
const loadInit = defineConfig({ dataDir: withDefault(settings.dataDir, './data') });

export type GatewayConfig = ConfigOf<typeof loadGateway>;
export type LicensingConfig = ConfigOf<typeof loadLicensing>;
export type AccountsConfig = ConfigOf<typeof loadAccounts>;
export type HotspotConfig = ConfigOf<typeof loadHotspot>;
/** Secrets may be left out: `withSecrets` makes them. */
export type StandaloneConfig = ConfigOf<typeof loadStandalone>;
export type MigrateConfig = ConfigOf<typeof loadMigrate>;
export type InitConfig = ConfigOf<typeof loadInit>;
export type CliConfig = ConfigOf<typeof loadCli>;

/** The settings of each process by its name. */
export interface Configs {
  readonly gateway: GatewayConfig;
  readonly licensing: LicensingConfig;
  readonly accounts: AccountsConfig;
  readonly hotspot: HotspotConfig;
  readonly standalone: StandaloneConfig;
  readonly migrate: MigrateConfig;
  readonly init: InitConfig;
  readonly cli: CliConfig;
}
export type ConfigName = keyof Configs;

const loaders: { readonly [N in ConfigName]: (environment: Environment) => Configs[N] } = {
  gateway: loadGateway,
  licensing: loadLicensing,
  accounts: loadAccounts,
  hotspot: loadHotspot,
  standalone: loadStandalone,
  migrate: loadMigrate,
  init: loadInit,
  cli: loadCli,
};

/** The metrics and RADIUS ports are not the public one; 0 is another free port each time. */
function findPortConflicts(ports: { port?: number; metricsPort?: number | undefined; radiusRestPort?: number | undefined }): string[] {
  const named = [
    ['PORT', ports.port],
    ['METRICS_PORT', ports.metricsPort],
    ['RADIUS_REST_PORT', ports.radiusRestPort],
  ] as const;
  return named.flatMap(([name, port], index) => {
    const earlier = named.slice(0, index).find((other) => port && other[1] === port);
    return earlier ? [`${name} must be another port than ${earlier[0]}.`] : [];
  });
}
