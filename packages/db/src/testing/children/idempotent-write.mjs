// Begins an idempotent write on the database of argv[2] (a URL, or a data directory), says so, and stays in the middle of it.
import { writeSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built, by the only path that leads there.
import { createIdempotency, createVault, migrate, openDatabase } from '../../../dist/index.js';

const place = process.argv[2];
const log = { info: () => undefined, warn: () => undefined };
const db = await openDatabase({ ...(place.includes('://') ? { databaseUrl: place } : { dataDir: place }), log });
await migrate(db, log);
const { run } = createIdempotency({ db, vault: createVault(Buffer.alloc(32, 7)) });
await run({ scope: 'child', key: 'k', requestHash: Buffer.from('h') }, async (tx) => {
  await tx.prisma.user.create({ data: { name: 'by a child' } });
  writeSync(1, 'written\n');
  await new Promise((resolve) => setTimeout(resolve, 120_000));
  return { status: 201 };
});
