export type { Activity } from './activity.ts';
export { type AuditRow, type AuditWriter, chainMac } from './audit-writer.ts';
export { type BatchWriter, createBatchWriter } from './batch-writer.ts';
export { buildApp } from './build-app.ts';
export { createDeps, type DepsOptions, endpointHost, reveal, type ServiceDeps } from './deps.ts';
export { admitOperator, credentialOf } from './operator.ts';
export { principalName } from './principal-name.ts';
export { runService, type ServiceDefinition, type ServiceParts } from './run-service.ts';
export { DEFAULT_SETTINGS, loadSettings, SETTING_NAMES, type Settings } from './settings.ts';
