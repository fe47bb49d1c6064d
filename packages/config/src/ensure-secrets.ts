import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { StandaloneConfig } from './load-config.ts';
import { parseDataKey } from './parse-data-key.ts';
import { readCode } from './read-variable.ts';
import { type Secret, secret } from './secret.ts';

/** Secrets that a first start makes for itself. */
export type SecretName = 'ADMIN_TOKEN' | 'DATA_KEY' | 'INTERNAL_SECRET' | 'POSTGRES_PASSWORD';

/** A secret of the data directory. */
export interface KeptSecret {
  readonly value: Secret;
  /** The file that keeps it. */
  readonly file: string;
  /** Whether it was made just now, so that a first start can show it. */
  readonly isNew: boolean;
}

const SECRET_BYTES = 32;
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/**
 * Reads secrets from `<dataDir>/secrets/`, one file each, and makes those that are not there: 32 random bytes as hexadecimal
 * digits, mode 0600. Processes that start at the same time end up with the same ones; a crash leaves no half-written one.
 * @throws {ConfigError} When the folder cannot be used or a file there is damaged.
 */
export function ensureSecrets<N extends SecretName>(dataDir: string, names: readonly N[]): Readonly<Record<N, KeptSecret>> {
  const folder = join(dataDir, 'secrets');
  try {
    if (names.length > 0) mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const kept = names.map((name) => [name, ensureSecret(join(folder, name.toLowerCase().replaceAll('_', '-')))]);
    // Each name has its entry: fromEntries forgets which keys it was given.
    return Object.freeze(Object.fromEntries(kept)) as Readonly<Record<N, KeptSecret>>;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`DATA_DIR cannot be used to keep the secrets of this installation (${readCode(error)}).`]);
  }
}

/**
 * The settings of standalone with their secrets: those of the environment, else those of the data directory, made at first start.
 * @returns `config` with no secret missing, and `kept`: those of the data directory, by name.
 * @throws {ConfigError} As {@link ensureSecrets}.
 */
export function withSecrets(config: StandaloneConfig) {
  const missing: SecretName[] = [];
  if (!config.adminToken) missing.push('ADMIN_TOKEN');
  if (!config.dataKey) missing.push('DATA_KEY');
  if (!config.internalSecret) missing.push('INTERNAL_SECRET');
  const kept: Readonly<Partial<Record<SecretName, KeptSecret>>> = ensureSecrets(config.dataDir, missing);
  const complete = Object.freeze({
    ...config,
    adminToken: config.adminToken ?? expectKept(kept.ADMIN_TOKEN).value,
    dataKey: config.dataKey ?? secret(parseDataKey(expectKept(kept.DATA_KEY).value.reveal())),
    internalSecret: config.internalSecret ?? expectKept(kept.INTERNAL_SECRET).value,
  });
  return { config: complete, kept };
}

function expectKept(found: KeptSecret | undefined): KeptSecret {
  if (!found) throw new Error('a secret that is missing was not made');
  return found;
}

function ensureSecret(file: string): KeptSecret {
  const present = readSecret(file);
  if (present) return { value: present, file, isNew: false };
  const isNew = createSecret(file);
  const value = readSecret(file);
  if (!value) throw new ConfigError([`The secret of ${file} was removed while it was being made.`]);
  return { value, file, isNew };
}

function readSecret(file: string): Secret | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (!/^[0-9a-f]{64}$/.test(text)) {
      throw new ConfigError([
        `The secret in ${file} is damaged: put it back from a backup (a new one would not open what the old one sealed).`,
      ]);
    }
    // A backup that was copied back may have come with the modes of the copy.
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY_FILE);
    return secret(text);
  } catch (error) {
    if (readCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the whole file under another name and links it into place: the link fails when another process was first. */
function createSecret(file: string): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeDurably(draft, `${randomBytes(SECRET_BYTES).toString('hex')}\n`);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (readCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', OWNER_ONLY_FILE);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
