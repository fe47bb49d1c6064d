import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';
import type { Migration } from './migrations.ts';

/** As much of it as is used here: Node has it, its types do not. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }>;
};

let loading: Promise<typeof import('@prisma/schema-engine-wasm')> | undefined;

/**
 * Prisma's own migration engine as WebAssembly, working on one connection. Loading it takes about 0.2 s, so ask for it only
 * when there is something to do.
 * @param adapter the connection; the engine does not close it. It is the shadow database too, so ask for a diff on an empty one only.
 */
export async function createSchemaEngine(adapter: SqlDriverAdapter): Promise<SchemaEngine> {
  loading ??= loadEngine();
  const { SchemaEngine: Engine } = await loading;
  const connect = async () => adapter;
  const factory = { provider: adapter.provider, adapterName: adapter.adapterName, connect, connectToShadowDb: connect };
  return Engine.new({ datamodels: undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
}

/** Nothing of the schema is left out. */
export const NO_FILTERS: SchemaFilter = { externalTables: [], externalEnums: [] };

/** The migrations in the form that the engine takes. */
export function asMigrationList(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: '',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
}

/** The package's entry imports its .wasm, which Node does only behind a flag: so it is instantiated by hand. */
async function loadEngine(): Promise<typeof import('@prisma/schema-engine-wasm')> {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = await readFile(join(dirname(file), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
  return glue;
}
