import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connectionOf } from './connection.ts';
import type { DatabaseLog } from './log.ts';
import { migrate } from './migrate.ts';
import { findMigrationsFolder, hashMigrations, readMigrations } from './migrations.ts';

let file: string | undefined;

/** Where the prepared embedded database of this build's migrations is kept, whether it is there or not. */
export function embeddedTemplateFile(): string {
  file ??= join(
    dirname(dirname(findMigrationsFolder())),
    'node_modules/.cache/gatehouse',
    `embedded-${hashMigrations(readMigrations())}.tar.gz`,
  );
  return file;
}

/**
 * Makes the prepared embedded database if it is not there: part of the build, so that a first start and every test are quick.
 * Safe when several processes do it at once.
 * @returns the file
 */
export async function makeEmbeddedTemplate(log: DatabaseLog): Promise<string> {
  const target = embeddedTemplateFile();
  if (existsSync(target)) return target;
  const { openEmbedded } = await import('./open-embedded.ts');
  const database = await openEmbedded({ kind: 'memory' }, log);
  await migrate(database, log);
  const connection = connectionOf(database);
  if (connection.kind !== 'embedded') throw new Error('unreachable');
  const dump = await connection.pglite.dumpDataDir('gzip');
  mkdirSync(dirname(target), { recursive: true });
  const half = `${target}.${process.pid}`;
  writeFileSync(half, Buffer.from(await dump.arrayBuffer()));
  renameSync(half, target);
  await database.close();
  return target;
}
