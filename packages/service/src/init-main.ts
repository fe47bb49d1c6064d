import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureSecrets, loadConfig } from '@gatehouse/config';
import { runProcess } from '@gatehouse/http';

/**
 * The one-shot `init` of docker-compose: makes every secret that is not there yet, one file each, in `DATA_DIR/secrets`,
 * and the connection string that holds the database's password. What is there stays.
 */
runProcess(async () => {
  const { dataDir } = loadConfig('init');
  const kept = ensureSecrets(dataDir, ['ADMIN_TOKEN', 'DATA_KEY', 'INTERNAL_SECRET', 'POSTGRES_PASSWORD']);
  const url = `postgres://gatehouse:${kept.POSTGRES_PASSWORD.value.reveal()}@postgres:5432/gatehouse`;
  replaceFile(join(dataDir, 'secrets', 'database-url'), url);
  const made = Object.values(kept).filter(({ isNew }) => isNew).length;
  process.stdout.write(made > 0 ? `init: made ${made} secrets in ${dataDir}/secrets\n` : 'init: all secrets are there\n');
  process.exit(0);
});

function replaceFile(file: string, text: string): void {
  if (isSame(file, text)) return;
  const draft = `${file}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

function isSame(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
