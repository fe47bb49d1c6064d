import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One migration as it stands in `prisma/migrations`. */
export interface Migration {
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the script in hex, as Prisma keeps it in `_prisma_migrations`. */
  readonly checksum: string;
}

/**
 * The migrations of this build, oldest first.
 * @throws Error when there is no `prisma/migrations` above this package
 */
export function readMigrations(folder: string = findMigrationsFolder()): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const script = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names a set of migrations: databases made with the same ones are alike. */
export function hashMigrations(migrations: readonly Migration[]): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** Goes up from this file: the same in the sources, in `dist`, and in an image that holds `prisma/` beside `packages/`. */
export function findMigrationsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'prisma/migrations');
    if (existsSync(join(candidate, 'migration_lock.toml'))) return candidate;
    if (folder === dirname(folder)) throw new Error('The folder prisma/migrations is missing.');
  }
}
