import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { connectionOf } from './connection.ts';
import { embeddedTemplateFile } from './embedded-template-file.ts';
import type { DatabaseLog } from './log.ts';
import { migrate } from './migrate.ts';
import { openEmbedded } from './open-embedded.ts';

/**
 * Makes the prepared embedded database if it is not there: part of the build, so that a first start and every test are quick.
 * Safe when several processes do it at once.
 * @returns the file
 */
export async function makeEmbeddedTemplate(log: DatabaseLog): Promise<string> {
  const target = embeddedTemplateFile();
  if (existsSync(target)) return target;
  const database = await openEmbedded({ kind: 'memory' }, log);
  await migrate(database, log);
  const connection = connectionOf(database);
  if (connection.kind !== 'embedded') throw new Error('This database is not embedded.');
  const dump = await connection.pglite.dumpDataDir('gzip');
  mkdirSync(dirname(target), { recursive: true });
  const half = `${target}.${process.pid}`;
  writeFileSync(half, Buffer.from(await dump.arrayBuffer()));
  renameSync(half, target);
  await database.close();
  return target;
}
