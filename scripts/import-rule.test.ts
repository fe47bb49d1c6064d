import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-imports-')));
afterAll(() => rmSync(tree, { recursive: true }));

const KIT = ['auth', 'config', 'db', 'faults', 'http', 'limits'];
const SERVICE = [...KIT, 'service'];
/** The law: who may import whom (docs/architecture.md). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'packages/faults': [],
  'packages/config': ['faults'],
  'packages/dialects': ['faults'],
  'packages/http': ['faults'],
  'packages/auth': ['faults'],
  'packages/limits': ['faults'],
  'packages/db': ['faults'],
  'packages/service': KIT,
  'packages/testing': [...KIT, 'dialects', 'service', 'gateway', 'db/testing', 'limits/testing'],
  'services/gateway': ['config', 'dialects', 'faults', 'http', 'limits'],
  'services/licensing': SERVICE,
  'services/accounts': SERVICE,
  'services/hotspot': SERVICE,
  'services/cli': SERVICE.filter((name) => name !== 'auth'),
  'services/standalone': [...SERVICE, 'gateway', 'licensing', 'accounts', 'hotspot'],
};
/** What a service's tests may import beside that. */
const FOR_TESTS = ['testing', 'limits/testing'];
const TARGETS = [
  ...Object.keys(ALLOWED).map((folder) => folder.replace(/^\w+\//, '')),
  'db/testing',
  'limits/testing',
  'faults/src/fault.ts',
];

/** Forms of import that must all be seen, each of something forbidden to a service. */
const FORMS = [
  "import { something } from '@gatehouse/gateway';",
  "import type { Something } from '@gatehouse/gateway';",
  "export * from '@gatehouse/gateway';",
  "import '@gatehouse/gateway';",
  "export const lazy = () => import('@gatehouse/gateway');",
];
const PATHS = ['../../accounts/src/index.ts', '../../../packages/db/src/index.ts', '../../../packages/db/dist/index.js'];

let refused: Readonly<Record<string, readonly string[]>>;
beforeAll(() => {
  for (const folder of Object.keys(ALLOWED)) {
    const lines = TARGETS.map((target) => `import '@gatehouse/${target}';`);
    write(`${folder}/src/subject.ts`, lines);
    write(`${folder}/src/subject.test.ts`, lines);
  }
  write('services/licensing/src/forms.ts', FORMS);
  write(
    'services/licensing/src/paths.ts',
    [...PATHS, './near.ts', '../near.ts'].map((path) => `import '${path}';`),
  );
  copyFileSync(join(root, 'biome.json'), join(tree, 'biome.json'));
  refused = lint();
});

describe('imports point down', () => {
  it.each(Object.entries(ALLOWED))('%s imports only what is below it', (folder, allowed) => {
    const forbidden = TARGETS.filter((target) => !allowed.includes(target)).map((target) => `import '@gatehouse/${target}';`);
    expect(refused[`${folder}/src/subject.ts`]).toEqual(forbidden);
  });

  it.each(Object.entries(ALLOWED))('tests of %s may use the test support and nothing else more', (folder, allowed) => {
    const extra =
      folder.startsWith('services/') || folder === 'packages/service'
        ? [...FOR_TESTS, ...(allowed.includes('db') ? ['db/testing'] : [])]
        : [];
    const forbidden = TARGETS.filter((target) => ![...allowed, ...extra].includes(target)).map(
      (target) => `import '@gatehouse/${target}';`,
    );
    expect(refused[`${folder}/src/subject.test.ts`]).toEqual(forbidden);
  });

  it('no form of import gets around it', () => {
    expect(refused['services/licensing/src/forms.ts']).toEqual(FORMS);
  });

  it('no relative path gets around it', () => {
    expect(refused['services/licensing/src/paths.ts']).toEqual(PATHS.map((path) => `import '${path}';`));
  });
});

const written = new Map<string, readonly string[]>();

function write(file: string, lines: readonly string[]): void {
  written.set(file, lines);
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), lines.join('\n'));
}

/** Runs the linter with the project's own settings over the tree; gives the lines it refuses, by file. */
function lint(): Readonly<Record<string, readonly string[]>> {
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=github', '--max-diagnostics=none', '--colors=off'];
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: tree, encoding: 'utf8' });
  const places = [...stdout.matchAll(/^::error title=lint\/style\/noRestrictedImports,file=([^,]+),line=(\d+)/gm)];
  const numbers = new Map<string, Set<number>>();
  for (const [, file = '', line] of places) {
    const name = relative(tree, file);
    numbers.set(name, (numbers.get(name) ?? new Set()).add(Number(line)));
  }
  const found: Record<string, readonly string[]> = {};
  for (const [file, lines] of written) found[file] = lines.filter((_line, index) => numbers.get(file)?.has(index + 1));
  return found;
}
