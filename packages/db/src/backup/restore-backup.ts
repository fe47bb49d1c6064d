import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '@gatehouse/faults';
import { lockDataDir } from '../data-dir-lock.ts';
import type { DatabaseLog } from '../log.ts';
import { migrate } from '../migrate.ts';
import { openDatabase } from '../open-database.ts';
import { readMigrationState } from '../pending-migrations.ts';
import type { Vault } from '../vault.ts';
import { type BackupFacts, checkBackup } from './check-backup.ts';
import { loadBackup } from './load-backup.ts';

/** The database has something running on it. */
export class DatabaseInUse extends OperatorError {
  override readonly name = 'DatabaseInUse';
}

/** What {@link restoreBackup} takes. */
export interface RestoreOptions {
  /** Reads the file from its beginning; called twice. */
  readonly open: () => AsyncIterable<string>;
  readonly vault: Vault;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly log: DatabaseLog;
  readonly now: Date;
  readonly onProgress?: (rows: number) => void;
}

/** What was restored. */
export interface Restored extends BackupFacts {
  /** Where what was there before is kept; null with PostgreSQL, whose operator keeps backups, and when there was nothing. */
  readonly keptAt: string | null;
}

/**
 * Restores a backup into PostgreSQL when a URL is given, else as the embedded database of a data directory. The whole file is checked
 * first; then all changes are one transaction, or one rename. Whatever goes wrong, nothing is changed.
 * @throws BackupRefused, DatabaseInUse, DataDirInUse, Fault DATABASE_DOWN
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const facts = await checkBackup(options.open(), options.vault);
  const { databaseUrl } = options;
  const keptAt = databaseUrl === undefined ? await restoreEmbedded(options) : await restorePostgres(databaseUrl, options);
  return { ...facts, keptAt };
}

async function restorePostgres(databaseUrl: string, { open, log, onProgress }: RestoreOptions): Promise<null> {
  // One connection, so that every other one is somebody else's.
  const db = await openDatabase({ databaseUrl, log, poolSize: 1 });
  try {
    const { unknown, failed } = await readMigrationState(db);
    if (unknown.length + failed.length > 0) {
      throw new DatabaseInUse('The database was migrated by another version of Gatehouse: restore into an empty one.');
    }
    const [other] = await db.query<{ count: number }>`
      SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'gatehouse' AND pid <> pg_backend_pid()`;
    if (other !== undefined && other.count > 0) throw new DatabaseInUse('Gatehouse is running on this database: stop its services first.');
    await migrate(db, log);
    await loadBackup(db, open, onProgress);
    return null;
  } finally {
    await db.close();
  }
}

async function restoreEmbedded({ open, dataDir, log, now, onProgress }: RestoreOptions): Promise<string | null> {
  const unlock = await lockDataDir(dataDir);
  const [current, fresh] = [join(dataDir, 'pg'), join(dataDir, 'pg.restoring')];
  try {
    await rm(fresh, { recursive: true, force: true });
    const { openEmbeddedDirectory } = await import('../open-embedded.ts');
    const db = await openEmbeddedDirectory(fresh);
    try {
      await migrate(db, log);
      await loadBackup(db, open, onProgress);
    } finally {
      await db.close();
    }
    const kept = existsSync(current) ? `${current}.before-restore-${now.toISOString().replaceAll(/[^0-9]/g, '')}` : null;
    if (kept !== null) await rename(current, kept);
    await rename(fresh, current);
    return kept;
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await unlock();
  }
}
