export { ConfigError } from './config-error.ts';
export { ensureSecrets, type SecretName, withSecrets } from './ensure-secrets.ts';
export {
  type AccountsConfig,
  type CliConfig,
  type ConfigName,
  type Configs,
  type GatewayConfig,
  type HotspotConfig,
  type LicensingConfig,
  loadConfig,
  type MigrateConfig,
  type StandaloneConfig,
} from './load-config.ts';
export { parseDataKey } from './parse-data-key.ts';
export { readVersion } from './read-version.ts';
export { type Secret, secret } from './secret.ts';
