// Migrates the database of argv[2] and says which migrations this process applied.
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built, by the only path that leads there.
import { migrate, openDatabase } from '../../../dist/index.js';

const log = { info: () => undefined, warn: () => undefined };
const db = await openDatabase({ databaseUrl: process.argv[2], log });
const applied = await migrate(db, log);
await db.close();
process.stdout.write(JSON.stringify(applied));
