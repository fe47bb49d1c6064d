// Writes to the embedded database of argv[2] until it is killed, and says each write on stdout once it was acknowledged.
import { writeSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built, by the only path that leads there.
import { migrate, openDatabase } from '../../../dist/index.js';

const log = { info: () => undefined, warn: () => undefined };
const db = await openDatabase({ dataDir: process.argv[2], log });
await migrate(db, log);
const write = async () => {
  for (;;) {
    const { id } = await db.prisma.user.create({ data: { name: 'acknowledged' } });
    writeSync(1, `${id}\n`);
    const rows = await db.tx((tx) => tx.query`INSERT INTO users (name) VALUES ('acknowledged'), ('acknowledged') RETURNING id`);
    writeSync(1, rows.map((row) => `${row.id}\n`).join(''));
  }
};
await Promise.all([write(), write(), write()]);
