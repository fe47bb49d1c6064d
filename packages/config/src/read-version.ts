import { readFileSync } from 'node:fs';

/**
 * The version of this release, as its package.json tells it (phpstrap shows it as `app_version`).
 * Read from this package's own file, which is beside `src` and `dist` wherever they are installed; all packages carry the same one.
 * @throws When the file is missing or says no version: the installation is broken.
 */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string') {
    return manifest.version;
  }
  throw new Error('package.json of @gatehouse/config tells no version');
}
