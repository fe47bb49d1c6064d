// Does one idempotent write on the database of argv[2] (a URL, or a data directory), and stops in the middle of it if argv[3] is `hang`.
import { writeSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built, by the only path that leads there.
import { createIdempotency, createVault, migrate, openDatabase } from '../../../dist/index.js';

const [, , place, mode] = process.argv;
const log = { info: () => undefined, warn: () => undefined };
const db = await openDatabase({ ...(place.includes('://') ? { databaseUrl: place } : { dataDir: place }), log });
await migrate(db, log);
const { run } = createIdempotency({ db, vault: createVault(Buffer.alloc(32, 7)) });
const answer = await run({ scope: 'child', key: 'k', requestHash: Buffer.from('h') }, async (tx) => {
  const { id } = await tx.prisma.user.create({ data: { name: 'by a child' } });
  writeSync(1, 'written\n');
  if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { status: 201, body: { id } };
});
writeSync(1, `${JSON.stringify(answer)}\n`);
await db.close();
