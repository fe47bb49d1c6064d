import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connectionOf } from '../connection.ts';
import { createEmbeddedAdapter } from '../embedded-adapter.ts';
import { findMigrationsFolder, readMigrations } from '../migrations.ts';
import { asMigrationList, createSchemaEngine, NO_FILTERS } from '../schema-engine.ts';
import { createEmptyDatabase } from './test-database.ts';

/**
 * The SQL that is missing from `prisma/migrations` for them to make what `prisma/schema` says; empty when they agree.
 * Indexes that the schema's language cannot say (trigram, partial, on expressions) are the migrations' own and stay.
 */
export async function diffSchema(): Promise<string> {
  const schemaFolder = join(dirname(findMigrationsFolder()), 'schema');
  const files = readdirSync(schemaFolder).map((name) => {
    const path = join(schemaFolder, name);
    return { path, content: readFileSync(path, 'utf8') };
  });
  const { db, close } = await createEmptyDatabase();
  try {
    const connection = connectionOf(db);
    if (connection.kind !== 'embedded') throw new Error('This database is not embedded.');
    const engine = await createSchemaEngine(await createEmbeddedAdapter(connection.pglite).connect());
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...asMigrationList(readMigrations()) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    });
    return (stdout ?? '').replace(/-- DropIndex\nDROP INDEX "[^"]+";\n*/g, '').replace(/^-- This is an empty migration\.\s*$/, '');
  } finally {
    await close();
  }
}
