import type { Secret } from '@gatehouse/config';
import { createIdempotency, type Database, type Idempotency, type Vault } from '@gatehouse/db';
import type { EndpointHost, Logger, Metrics } from '@gatehouse/http';
import type { Limits, RedisLink, Versions } from '@gatehouse/limits';
import { type Activity, createActivity } from './activity.ts';
import { type AuditWriter, createAuditWriter } from './audit/audit-writer.ts';
import { principalName } from './principal-name.ts';
import { createSettings, type Settings } from './settings.ts';

/** What a process has seen that `doctor` asks for. */
export interface Sightings {
  /** The last request that came by a proxy that TRUST_PROXY does not name. */
  undeclaredProxyAt: Date | null;
}

/** What every service is made of. A service takes more by an argument of its own. */
export interface ServiceDeps {
  readonly db: Database;
  readonly vault: Vault;
  readonly limits: Limits;
  readonly versions: Versions;
  readonly idempotency: Idempotency;
  readonly activity: Activity;
  readonly audit: AuditWriter;
  /** The settings as they are now, at no query while nobody changes them. */
  readonly settings: () => Promise<Settings>;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Only calls that carry it are taken. */
  readonly internalSecret: string;
  /** The operator's token; without one only administrators who signed in with two-step are operators. */
  readonly adminToken: string | undefined;
  /** The version in package.json. */
  readonly appVersion: string;
  /** Where the world reaches the gateway, for links in mails and for endpoints that are told to people. */
  readonly publicUrl: string;
  readonly redis: RedisLink | undefined;
  /** Where this process may keep files, if anywhere. */
  readonly dataDir?: string | undefined;
  readonly sightings: Sightings;
  /** Counts requests, where somebody asks for the numbers. */
  readonly metrics?: Metrics | undefined;
}

/** What {@link createDeps} needs from whoever starts the service. */
export interface DepsOptions {
  /** The process: `licensing`. Names its chain in the audit log. */
  readonly name: string;
  readonly db: Database;
  readonly vault: Vault;
  readonly limits: Limits;
  readonly versions: Versions;
  readonly log: Logger;
  readonly internalSecret: string;
  readonly adminToken: string | undefined;
  readonly appVersion: string;
  readonly publicUrl: string;
  readonly redis?: RedisLink | undefined;
  readonly metrics?: Metrics | undefined;
  readonly clock?: () => Date;
  /** Where files are kept; without one checkpoints of the audit log are in the log only. */
  readonly dataDir?: string | undefined;
}

/** Puts together what a service needs, beginning with its database. */
export function createDeps(options: DepsOptions): ServiceDeps {
  const { name, db, vault, versions, log, clock = () => new Date() } = options;
  return {
    ...options,
    redis: options.redis,
    sightings: { undeclaredProxyAt: null },
    clock,
    idempotency: createIdempotency({ db, vault, clock }),
    activity: createActivity(db, log),
    audit: createAuditWriter({ db, vault, log, clock, name, dataDir: options.dataDir }),
    settings: createSettings(db, versions),
  };
}

/** What a list of endpoints is mounted on. */
export function endpointHost(deps: ServiceDeps, dialect: string): EndpointHost<Database> {
  return { dialect, db: deps.db, idempotency: deps.idempotency, principalName };
}

/** Makes plain text of a secret setting, for those that need it. */
export function reveal(secret: Secret | undefined): string | undefined {
  return secret?.reveal();
}
