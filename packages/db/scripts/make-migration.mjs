#!/usr/bin/env node
// After a change of prisma/schema: writes what the migrations lack as a new one. `node packages/db/scripts/make-migration.mjs NAME`
// Read it before keeping it, and add what the schema's language cannot say (trigram, partial and expression indexes, checks).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMigrationsFolder } from '../dist/migrations.js';
import { diffSchema } from '../dist/testing/diff-schema.js';

const name = process.argv[2];
if (!/^[a-z0-9_]+$/.test(name ?? '')) {
  console.error('Give it a name of a-z, 0-9 and _.');
  process.exit(1);
}
const sql = await diffSchema();
if (sql === '') {
  console.log('The migrations make what the schema says.');
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(findMigrationsFolder(), `${stamp}_${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), sql);
  console.log(folder);
}
