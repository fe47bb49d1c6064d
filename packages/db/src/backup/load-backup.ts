import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { type BackupTable, quoteName } from './backup-format.ts';
import { BackupRefused, parseLine } from './check-backup.ts';

const TIMEOUT_MS = 6 * 60 * 60 * 1000;

/**
 * Puts the rows of a backup in the place of all that is in a database, in one transaction: all or nothing. The backup has passed
 * `checkBackup`, and the database has the tables of this build.
 * @param open reads the backup from its beginning: a transaction that is tried again reads it again
 * @param onProgress told of the rows so far
 */
export async function loadBackup(
  db: Database,
  open: () => AsyncIterable<string>,
  onProgress: (rows: number) => void = () => undefined,
): Promise<void> {
  await db.tx(
    async (tx) => {
      const tables = await listTables(tx);
      // Rows go and come as they are: what triggers keep of them is in tables of its own, which come too.
      for (const table of tables) await tx.execute`ALTER TABLE ${quoteName(table)} DISABLE TRIGGER USER`;
      await tx.execute`TRUNCATE ${Prisma.join(tables.map(quoteName))}`;
      let into: BackupTable | undefined;
      let total = 0;
      for await (const text of open()) {
        const line = parseLine(text);
        if ('table' in line) into = line;
        if ('rows' in line) {
          if (into === undefined) throw new BackupRefused('This is not a backup of Gatehouse.');
          await insertRows(tx, into, line.rows);
          total += line.rows.length;
          onProgress(total);
        }
        if ('sequences' in line) for (const [name, last] of line.sequences) await setSequence(tx, name, last);
      }
      for (const table of tables) await tx.execute`ALTER TABLE ${quoteName(table)} ENABLE TRIGGER USER`;
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

async function listTables(tx: Database): Promise<string[]> {
  const rows = await tx.query<{ name: string }>`
    SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`;
  return rows.map(({ name }) => name);
}

async function insertRows(tx: Database, { table, columns }: BackupTable, rows: readonly (readonly (string | null)[])[]): Promise<void> {
  const names = Prisma.join(columns.map(([name]) => quoteName(name)));
  const values = Prisma.join(columns.map(([, type], index) => Prisma.raw(`(value ->> ${index})::${type}`)));
  await tx.execute`
    INSERT INTO ${quoteName(table)} (${names}) SELECT ${values} FROM jsonb_array_elements(${JSON.stringify(rows)}::text::jsonb) AS list (value)`;
}

async function setSequence(tx: Database, name: string, last: string | null): Promise<void> {
  await tx.query`SELECT setval(${`"${name}"`}::text::regclass, ${last ?? '1'}::text::bigint, ${last !== null})::text`;
}
