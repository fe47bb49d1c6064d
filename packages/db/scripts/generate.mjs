#!/usr/bin/env node
// Makes Prisma's client in packages/db/src/generated from prisma/schema. Works offline, and does nothing when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { numberNames } from './number-names.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const schemaDir = join(root, 'prisma/schema');
const generatedDir = join(root, 'packages/db/src/generated');
const stampFile = join(generatedDir, '.schema-hash');

const require = createRequire(join(root, 'package.json'));
const prismaPackage = require.resolve('prisma/package.json');
const stamp = hashInputs();

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) generate();

/** The schema's files, Prisma's version and what is done to its output: what the client is made from. */
function hashInputs() {
  const hash = createHash('sha256').update(readFileSync(prismaPackage, 'utf8'));
  hash.update(readFileSync(new URL('number-names.mjs', import.meta.url)));
  for (const name of readdirSync(schemaDir).sort()) hash.update(`\0${name}\0`).update(readFileSync(join(schemaDir, name)));
  return hash.digest('hex');
}

function generate() {
  const { bin } = JSON.parse(readFileSync(prismaPackage, 'utf8'));
  const cli = join(dirname(prismaPackage), typeof bin === 'string' ? bin : bin.prisma);
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'generate', '--schema', schemaDir], {
    cwd: root,
    encoding: 'utf8',
    // Any executable will do: generating needs no schema engine, and without this Prisma would fetch one.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}\n${stderr}\nThe database client could not be generated.\n`);
    process.exit(1);
  }
  mkdirSync(generatedDir, { recursive: true });
  const client = join(generatedDir, 'internal/class.ts');
  writeFileSync(client, numberNames(readFileSync(client, 'utf8')));
  // Last and in one step: an interrupted run is done again.
  const half = `${stampFile}.${process.pid}`;
  writeFileSync(half, stamp);
  renameSync(half, stampFile);
  rmSync(half, { force: true });
}
