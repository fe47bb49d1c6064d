import { createHmac, timingSafeEqual } from 'node:crypto';
import { OperatorError } from '@gatehouse/faults';
import { readMigrations } from '../migrations.ts';
import { type Vault, VaultError } from '../vault.ts';
import { BACKUP_PROOF, BACKUP_PURPOSE, type BackupHeader, type BackupLine } from './backup-format.ts';

/** A file that is no backup, not a whole one, or not one for here. The message is one sentence for the operator. */
export class BackupRefused extends OperatorError {
  override readonly name = 'BackupRefused';
}

/** What a backup that was read to its end holds. */
export interface BackupFacts {
  readonly version: string;
  readonly createdAt: string;
  readonly rows: number;
}

const NO_BACKUP = 'This is not a backup of Gatehouse.';

/**
 * Reads a backup from its first line to its last, and checks all that can be wrong with it before anything is changed: its form, that it
 * is whole and unchanged, that it was made by this build, and that `DATA_KEY` is the one it needs.
 * @throws BackupRefused
 */
export async function checkBackup(lines: AsyncIterable<string>, vault: Vault): Promise<BackupFacts> {
  const signatures = vault.deriveAll(BACKUP_PURPOSE).map((key) => createHmac('sha256', key));
  let header: BackupHeader | undefined;
  let rows = 0;
  let end: string | undefined;
  for await (const text of lines) {
    if (end !== undefined) throw new BackupRefused('Something stands behind the end of this backup.');
    const line = parseLine(text);
    if (header === undefined) header = checkHeader(line, vault);
    if ('rows' in line) rows += line.rows.length;
    if ('end' in line) end = line.end.rows === rows ? line.end.mac : '';
    else for (const signature of signatures) signature.update(`${text}\n`);
  }
  if (header === undefined) throw new BackupRefused(NO_BACKUP);
  if (end === undefined) throw new BackupRefused('This backup is not whole: its end is missing.');
  const mac = Buffer.from(end, 'hex');
  const digests = signatures.map((signature) => signature.digest());
  if (!digests.some((digest) => digest.length === mac.length && timingSafeEqual(digest, mac))) {
    throw new BackupRefused('This backup was changed since it was made.');
  }
  return { version: header.version, createdAt: header.created_at, rows };
}

/** A line of a backup as it is meant. @throws BackupRefused when it is none */
export function parseLine(text: string): BackupLine {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) throw new BackupRefused(NO_BACKUP);
  const isKnown = ['gatehouse_backup', 'table', 'rows', 'sequences', 'end'].some((name) => name in value);
  if (!isKnown) throw new BackupRefused(NO_BACKUP);
  // What its signature vouches for was written by writeBackup; before that is checked nothing of it is used but for this check.
  return value as BackupLine;
}

function checkHeader(line: BackupLine, vault: Vault): BackupHeader {
  if (!('gatehouse_backup' in line)) throw new BackupRefused(NO_BACKUP);
  if (line.gatehouse_backup !== 1) throw new BackupRefused('This backup was made by a newer version of Gatehouse.');
  const ours = readMigrations().map(({ name, checksum }) => `${name} ${checksum}`);
  if (!Array.isArray(line.migrations) || line.migrations.join() !== ours.join()) {
    throw new BackupRefused(
      `This backup was made by another version of Gatehouse (${String(line.version)}): restore it with that version, then update.`,
    );
  }
  if (!opens(line, vault)) {
    throw new BackupRefused(
      'This backup needs the DATA_KEY that it was made under: put it back first (DATA_DIR/secrets/data-key, or DATA_KEY).',
    );
  }
  return line;
}

function opens({ sealed }: BackupHeader, vault: Vault): boolean {
  try {
    return vault.open(Buffer.from(String(sealed), 'base64'), BACKUP_PURPOSE).toString() === BACKUP_PROOF;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BackupRefused(NO_BACKUP);
  }
}
