import { randomBytes } from 'node:crypto';
import { createVault } from '@gatehouse/db';
import { createTestDatabase } from '@gatehouse/db/testing';
import { createLog, type Logger, type Metrics } from '@gatehouse/http';
import { connectRedis, createLimits, createVersions } from '@gatehouse/limits';
import { createDeps, type ServiceDeps } from '@gatehouse/service';
import { createTestClock, type TestClock } from './test-clock.ts';

/** What operators sign with in tests. */
export const ADMIN_TOKEN = 'test-admin-token-0123456789abcdefghij';
/** What the gateway signs with in tests. */
export const INTERNAL_SECRET = 'test-internal-secret-0123456789abcdef';

/** The dependencies of a service under test, on a database of its own. */
export interface TestDeps {
  readonly deps: ServiceDeps;
  readonly clock: TestClock;
  /** The connection string, when the suite runs on a real PostgreSQL: for second processes. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly redisPrefix: string;
  close(): Promise<void>;
}

/** What {@link createTestDeps} may be told. */
export interface TestDepsOptions {
  readonly clock?: TestClock;
  /** Where log lines go; they are dropped unless told. */
  readonly log?: Logger;
  /** Where requests are counted; nowhere unless told. */
  readonly metrics?: Metrics;
}

/**
 * Makes the dependencies of a service: a database of its own (PostgreSQL when `TEST_DATABASE_URL` is set, else embedded),
 * Redis when `TEST_REDIS_URL` is set, else memory.
 */
export async function createTestDeps({
  clock = createTestClock(),
  log = createLog('test', 'silent'),
  metrics,
}: TestDepsOptions = {}): Promise<TestDeps> {
  const { db, url, close } = await createTestDatabase({ databaseUrl: process.env.TEST_DATABASE_URL });
  const redisUrl = process.env.TEST_REDIS_URL;
  const redisPrefix = `test:${randomBytes(6).toString('hex')}:`;
  const redis = redisUrl === undefined ? undefined : await connectRedis({ url: redisUrl, keyPrefix: redisPrefix, log });
  await redis?.waitUntilReady(2_000);
  const deps = createDeps({
    name: 'test',
    db,
    log,
    redis,
    metrics,
    clock,
    vault: createVault(randomBytes(32)),
    limits: createLimits(redis === undefined ? {} : { redis }),
    versions: redis === undefined ? createVersions({ mode: 'memory' }) : createVersions({ mode: 'redis', redis }),
    internalSecret: INTERNAL_SECRET,
    adminToken: ADMIN_TOKEN,
    appVersion: '0.0.0-test',
    publicUrl: 'http://gatehouse.test',
  });
  return {
    deps,
    clock,
    databaseUrl: url,
    redisUrl,
    redisPrefix,
    async close() {
      await Promise.all([deps.activity.close(), deps.audit.close()]);
      await redis?.close();
      await close();
    },
  };
}
