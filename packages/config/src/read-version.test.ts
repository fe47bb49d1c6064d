import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readVersion } from './read-version.ts';

it('the version is that of the release, whatever the working directory', () => {
  const before = process.cwd();
  process.chdir('/');
  try {
    const root: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(root).toMatchObject({ version: readVersion() });
  } finally {
    process.chdir(before);
  }
});
