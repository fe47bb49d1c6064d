import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applyMigrations } from './apply-migrations.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import { TEMPLATE_PARTS, TEMPLATE_PREFIX, templateFolder } from './embedded-template.ts';
import type { DatabaseLog } from './log.ts';
import { writeMemoryImage } from './memory-image.ts';
import { readMigrations } from './migrations.ts';
import { startPGlite } from './start-pglite.ts';

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
  const pglite = await startPGlite(join(half, TEMPLATE_PARTS.directory));
  await applyMigrations(await createEmbeddedAdapter(pglite).connect(), readMigrations());
  await pglite.close();
  await makeImage(half);
  // Whoever is second finds the first one's in the way, and it is as good.
  await rename(half, target).catch(() => rm(half, { recursive: true, force: true }));
  for (const name of await readdir(cache)) {
    if (name.startsWith(TEMPLATE_PREFIX) && join(cache, name) !== target) await rm(join(cache, name), { recursive: true, force: true });
  }
  log.info({ target }, 'Prepared the embedded database.');
  return target;
}

/** The same database without those that PostgreSQL copies new ones from, which are half of all files and which nobody opens here. */
async function makeImage(folder: string): Promise<void> {
  const copy = join(folder, 'copy');
  await cp(join(folder, TEMPLATE_PARTS.directory), copy, { recursive: true });
  const pglite = await startPGlite(copy);
  for (const name of ['template0', 'template1']) {
    await pglite.exec(`ALTER DATABASE ${name} IS_TEMPLATE false`);
    await pglite.exec(`DROP DATABASE ${name}`);
  }
  // Closed, so that a start from it has nothing to recover.
  await pglite.close();
  await writeMemoryImage(copy, join(folder, TEMPLATE_PARTS.image));
  await rm(copy, { recursive: true });
}
