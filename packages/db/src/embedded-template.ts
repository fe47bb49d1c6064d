import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import type { DatabaseLog } from './log.ts';
import { writeMemoryImage } from './memory-image.ts';
import { applyMigrations } from './migrate.ts';
import { findMigrationsFolder, hashMigrations, readMigrations } from './migrations.ts';
import { startPGlite } from './start-pglite.ts';

const PREFIX = 'embedded-';
/** In the template's folder: the database's directory, and the image that databases in memory start from. */
const DIRECTORY = 'pg';
const IMAGE = 'pg.image';

/**
 * Makes an empty, migrated embedded database that new ones are copied from, if it is not there: part of the build, so that a
 * first start and every test take half a second instead of three. Safe when several processes do it at once.
 * @returns its folder
 */
export async function makeEmbeddedTemplate(log: DatabaseLog): Promise<string> {
  const target = templateFolder();
  if (existsSync(target)) return target;
  const cache = dirname(target);
  await mkdir(cache, { recursive: true });
  const half = await mkdtemp(join(cache, 'half-'));
  const pglite = await startPGlite(join(half, DIRECTORY));
  await applyMigrations(await createEmbeddedAdapter(pglite).connect(), readMigrations());
  await pglite.close();
  await makeImage(half);
  // Whoever is second finds the first one's in the way, and it is as good.
  await rename(half, target).catch(() => rm(half, { recursive: true, force: true }));
  for (const name of await readdir(cache)) {
    if (name.startsWith(PREFIX) && join(cache, name) !== target) await rm(join(cache, name), { recursive: true, force: true });
  }
  log.info({ target }, 'Prepared the embedded database.');
  return target;
}

/**
 * Makes `directory` a new embedded database: the template's copy when there is one, else from nothing. It is whole or not there.
 */
export async function createEmbeddedDirectory(directory: string): Promise<void> {
  const half = `${directory}.new`;
  await rm(half, { recursive: true, force: true });
  const template = join(templateFolder(), DIRECTORY);
  if (existsSync(template)) {
    await cp(template, half, { recursive: true });
  } else {
    await (await startPGlite(half)).close();
  }
  await rename(half, directory);
}

/** Where the image for databases in memory is, if there is a template. */
export function findMemoryImage(): string {
  return join(templateFolder(), IMAGE);
}

/** The same database without those that PostgreSQL copies new ones from, which are half of all files and which nobody opens here. */
async function makeImage(folder: string): Promise<void> {
  const copy = join(folder, 'copy');
  await cp(join(folder, DIRECTORY), copy, { recursive: true });
  const pglite = await startPGlite(copy);
  for (const name of ['template0', 'template1']) {
    await pglite.exec(`ALTER DATABASE ${name} IS_TEMPLATE false`);
    await pglite.exec(`DROP DATABASE ${name}`);
  }
  // Closed, so that a start from it has nothing to recover.
  await pglite.close();
  await writeMemoryImage(copy, join(folder, IMAGE));
  await rm(copy, { recursive: true });
}

/** Named by the migrations in it and by the form of the folder: another build's is never taken. */
function templateFolder(): string {
  const folder = findMigrationsFolder();
  return join(dirname(dirname(folder)), 'node_modules/.cache/gatehouse', `${PREFIX}3-${hashMigrations(readMigrations(folder))}`);
}
