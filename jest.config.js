import { existsSync } from 'node:fs';

const roots = ['packages', 'services', 'scripts', 'tests', 'bench'].filter((name) => existsSync(new URL(name, import.meta.url)));

/**
 * ESM TypeScript through swc. Workspace packages resolve to their sources (`exports.source`), as they do in tsc, so a
 * test never runs against a stale build. Start it with `npm test`, which sets the Node options that Jest needs for ESM.
 * @type {import('jest').Config}
 */
export default {
  roots: roots.map((name) => `<rootDir>/${name}`),
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/generated/'],
  modulePathIgnorePatterns: ['<rootDir>/(packages|services)/[^/]+/dist/'],
  testEnvironment: '<rootDir>/scripts/jest-environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  moduleNameMapper: { '^@electric-sql/pglite$': '<rootDir>/scripts/embedded-database.cjs' },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node', 'wasm'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          transform: { verbatimModuleSyntax: true },
          keepClassNames: true,
        },
      },
    ],
  },
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  watchman: false,
  // On the two cores that CI has. An embedded database works in its suite's own process, so a third suite fills the time in which
  // others wait for timers, sockets and disks; with servers of their own the databases work then.
  maxWorkers: process.env.TEST_DATABASE_URL ? 2 : 3,
  // Modules of Jest's ESM loader are not given back between suites, 25 MB each time, and the garbage collector goes over all of them
  // again and again: a worker that has grown, by twenty suites or so, starts anew. A start costs 3 s; going on would cost more.
  workerIdleMemoryLimit: '550MB',
  testTimeout: 30_000,
};
