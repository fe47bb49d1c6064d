export type { Activity } from './activity.ts';
export type { AuditWriter } from './audit/audit-writer.ts';
export {
  findCheckpoint,
  newestCheckpoints,
  readCheckpointRecord,
  type SignedCheckpoint,
  toCheckpointRecord,
} from './audit/checkpoint.ts';
export { openCheckpointFile } from './audit/checkpoint-file.ts';
export { runAuditUpkeep, startAuditUpkeep } from './audit/start-audit-upkeep.ts';
export { type AuditProblem, type AuditProgress, type AuditVerdict, verifyAudit } from './audit/verify-audit.ts';
export { buildApp } from './build-app.ts';
export { bulkEndpoints } from './bulk/bulk-endpoints.ts';
export { BadRow, type BulkKind, type ExportedRow, type ImportedRow, type RowWriter } from './bulk/bulk-kind.ts';
export { createDeps, type DepsOptions, endpointHost, reveal, type ServiceDeps } from './deps.ts';
export { examineDatabase, type Finding } from './doctor/examine-database.ts';
export { examineProcess } from './doctor/examine-process.ts';
export { admitOperator, credentialOf } from './operator.ts';
export { principalName } from './principal-name.ts';
export { runService, type ServiceDefinition, type ServiceParts } from './run-service.ts';
export { DEFAULT_SETTINGS, loadSettings, SETTING_NAMES, type Settings } from './settings.ts';
export { watchDeps } from './watch-deps.ts';
