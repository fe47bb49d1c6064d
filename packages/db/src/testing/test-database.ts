import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Database } from '../database.ts';
import type { DatabaseLog } from '../log.ts';
import { makeEmbeddedTemplate } from '../make-embedded-template.ts';
import { migrate } from '../migrate.ts';
import { hashMigrations, readMigrations } from '../migrations.ts';
import { openDatabase } from '../open-database.ts';
import { openTemporary } from '../open-embedded.ts';

/** A migrated database of its own for a suite. */
export interface TestDatabase {
  readonly db: Database;
  /** For further processes; only with PostgreSQL. */
  readonly url?: string;
  /** Closes it and, with PostgreSQL, drops it. */
  close(): Promise<void>;
}

const SILENT: DatabaseLog = { info: () => undefined, warn: () => undefined };
const TEMPLATE_LOCK = 0x74656d70;

/**
 * Makes a migrated, empty database.
 * @param options.databaseUrl a PostgreSQL server whose user may create databases; without it (or with an empty one) the database is embedded
 * @example
 * const { db, close } = await createTestDatabase({ databaseUrl: testDatabaseUrl() });
 */
export async function createTestDatabase({ databaseUrl }: { readonly databaseUrl?: string | undefined } = {}): Promise<TestDatabase> {
  if (databaseUrl) return createOnServer(databaseUrl, (client) => makeTemplate(client, databaseUrl));
  await makeEmbeddedTemplate(SILENT);
  const db = await openTemporary();
  return { db, close: () => db.close() };
}

/** The same without tables: for tests of migrating. */
export async function createEmptyDatabase({ databaseUrl }: { readonly databaseUrl?: string | undefined } = {}): Promise<TestDatabase> {
  if (databaseUrl) return createOnServer(databaseUrl, async () => 'template0');
  const test = await createTestDatabase();
  // Much quicker than a database from nothing, and as empty.
  await test.db.execute`DROP SCHEMA public CASCADE`;
  await test.db.execute`CREATE SCHEMA public`;
  return test;
}

async function createOnServer(databaseUrl: string, findTemplate: (client: pg.Client) => Promise<string>): Promise<TestDatabase> {
  const name = `gatehouse_test_${randomBytes(6).toString('hex')}`;
  await withServer(databaseUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${await findTemplate(client)}`);
  });
  const url = withDatabase(databaseUrl, name);
  const db = await openDatabase({ databaseUrl: url, log: SILENT });
  const close = async () => {
    await db.close();
    await withServer(databaseUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  };
  return { db, url, close };
}

/** The migrated database that others are copied from, made once for these migrations. */
async function makeTemplate(client: pg.Client, serverUrl: string): Promise<string> {
  const name = `gatehouse_template_${hashMigrations(readMigrations())}`;
  const exists = async () => (await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount === 1;
  if (await exists()) return name;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    if (await exists()) return name;
    const half = `${name}_half`;
    await client.query(`DROP DATABASE IF EXISTS ${half} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${half}`);
    const db = await openDatabase({ databaseUrl: withDatabase(serverUrl, half), log: SILENT, poolSize: 1 });
    await migrate(db, SILENT);
    await db.close();
    await client.query(`ALTER DATABASE ${half} RENAME TO ${name}`);
    return name;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function withServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
