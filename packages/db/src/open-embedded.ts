import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { rememberConnection } from './connection.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { createDatabase, type Database } from './database.ts';
import { createEmbeddedAdapter } from './embedded-adapter.ts';
import { createEmbeddedDirectory, findMemoryImage } from './embedded-template.ts';
import { transactOnEmbedded } from './embedded-transaction.ts';
import { runOnEmbedded } from './raw-embedded.ts';
import { startPGlite, startPGliteInMemory } from './start-pglite.ts';

/**
 * Opens the embedded PGlite in `pg` of a data directory, and makes it when it is not there. What was acknowledged is in the
 * operating system's hands before the answer, so a killed process loses nothing of it.
 * @throws DataDirInUse
 */
export async function openEmbedded(dataDir: string): Promise<Database> {
  const unlock = await lockDataDir(dataDir);
  try {
    const directory = join(dataDir, 'pg');
    if (!existsSync(directory)) await createEmbeddedDirectory(directory);
    return wrap(await startPGlite(directory), unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Makes a new embedded PGlite in a directory that is not there yet, under no lock: for who holds the data directory around it. */
export async function openEmbeddedDirectory(directory: string): Promise<Database> {
  await createEmbeddedDirectory(directory);
  return wrap(await startPGlite(directory), async () => undefined);
}

/** Opens a new embedded PGlite in memory, which is gone when it is closed. */
export async function openTemporary(): Promise<Database> {
  return wrap(await startPGliteInMemory(findMemoryImage()), async () => undefined);
}

function wrap(pglite: PGlite, afterwards: () => Promise<void>): Database {
  const database = createDatabase({
    kind: 'embedded',
    adapter: createEmbeddedAdapter(pglite),
    plainSql: {
      run: (sql) => runOnEmbedded(pglite, sql),
      transact: (timeoutMs, work) => transactOnEmbedded(pglite, timeoutMs, work),
    },
    close: async () => {
      await pglite.close();
      await afterwards();
    },
  });
  rememberConnection(database, { kind: 'embedded', pglite });
  return database;
}
