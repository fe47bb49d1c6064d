import { dirname, join } from 'node:path';
import { findMigrationsFolder, hashMigrations, readMigrations } from './migrations.ts';

let file: string | undefined;

/** Where the prepared embedded database of this build's migrations is kept, whether it is there or not. */
export function embeddedTemplateFile(): string {
  file ??= findFile();
  return file;
}

function findFile(): string {
  const folder = findMigrationsFolder();
  return join(dirname(dirname(folder)), 'node_modules/.cache/gatehouse', `embedded-${hashMigrations(readMigrations(folder))}.tar.gz`);
}
