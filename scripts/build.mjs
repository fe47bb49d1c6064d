import { fileURLToPath } from 'node:url';
import { prepare, runScript } from './prepare.mjs';
import { runQuietly } from './run-quietly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await runScript(() => {
  prepare();
  runQuietly({
    title: 'check that imports point down',
    command: process.execPath,
    args: ['node_modules/@biomejs/biome/bin/biome', 'lint', '--only=style/noRestrictedImports', 'packages', 'services'],
    cwd: root,
  });
});
