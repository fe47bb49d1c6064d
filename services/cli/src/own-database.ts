import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliConfig, parseDataKey } from '@gatehouse/config';
import { createVault, type Database, openDatabase, type Vault } from '@gatehouse/db';
import { CliError, EXIT } from './exit-codes.ts';

const SILENT = { info: () => undefined, warn: () => undefined };

/** The database and the vault, as the settings of this process or the data directory name them: for what works without the server. */
export interface OwnDatabase {
  readonly db: Database;
  readonly vault: Vault;
}

/**
 * Opens the database that the server works on.
 * @throws CliError, DataDirInUse when the server holds the embedded one
 */
export async function openOwnDatabase(config: CliConfig): Promise<OwnDatabase> {
  const vault = openVault(config);
  const databaseUrl = config.databaseUrl?.reveal();
  return { vault, db: await openDatabase({ log: SILENT, ...(databaseUrl === undefined ? { dataDir: config.dataDir } : { databaseUrl }) }) };
}

/** The vault under `DATA_KEY`, or under the key that a standalone start keeps. @throws CliError when there is none */
export function openVault({ dataKey, dataKeyPrevious, dataDir }: CliConfig): Vault {
  return createVault(dataKey?.reveal() ?? readKeptKey(dataDir), dataKeyPrevious?.reveal() ?? []);
}

function readKeptKey(dataDir: string): Buffer {
  const file = join(dataDir, 'secrets', 'data-key');
  try {
    return parseDataKey(readFileSync(file, 'utf8').trim());
  } catch {
    throw new CliError(`DATA_KEY is not set, and ${file} holds none: put it back from a backup.`, EXIT.usage);
  }
}
