import { createHmac } from 'node:crypto';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { readMigrations } from '../migrations.ts';
import type { Vault } from '../vault.ts';
import { BACKUP_PROOF, BACKUP_PURPOSE, type BackupHeader, type BackupLine, type BackupTable, quoteName } from './backup-format.ts';

/** What {@link writeBackup} takes. */
export interface WriteBackupOptions {
  readonly db: Database;
  readonly vault: Vault;
  /** The version of Gatehouse. */
  readonly version: string;
  readonly now: Date;
  /** Takes a piece of the file, and waits until there is room for the next. */
  readonly write: (text: string) => Promise<void>;
  /** Told of the rows so far. */
  readonly onProgress?: (rows: number) => void;
}

const ROWS_AT_A_TIME = 500;
/** A backup of a large database takes its time. */
const TIMEOUT_MS = 6 * 60 * 60 * 1000;

/**
 * Writes all tables as they are at one moment, in constant memory: the same file from PostgreSQL and from the embedded database.
 * What is sealed stays sealed, and `DATA_KEY` is not in it. The embedded database serves nobody else meanwhile.
 * @returns how many rows
 */
export function writeBackup({ db, vault, version, now, write, onProgress }: WriteBackupOptions): Promise<number> {
  const signature = createHmac('sha256', vault.derive(BACKUP_PURPOSE));
  const say = async (line: BackupLine) => {
    const text = `${JSON.stringify(line)}\n`;
    if (!('end' in line)) signature.update(text);
    await write(text);
  };
  const header: BackupHeader = {
    gatehouse_backup: 1,
    version,
    created_at: now.toISOString(),
    migrations: readMigrations().map(({ name, checksum }) => `${name} ${checksum}`),
    sealed: vault.seal(BACKUP_PROOF, BACKUP_PURPOSE).toString('base64'),
  };
  const work = async (tx: Database): Promise<number> => {
    await tx.execute`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`;
    await tx.execute`SET LOCAL datestyle = 'ISO'`;
    await tx.execute`SET LOCAL bytea_output = 'hex'`;
    await say(header);
    let total = 0;
    for (const table of await listTables(tx)) {
      await say(table);
      for await (const rows of readRows(tx, table)) {
        await say({ rows });
        total += rows.length;
        onProgress?.(total);
      }
    }
    await say({ sequences: await readSequences(tx) });
    await say({ end: { rows: total, mac: signature.digest('hex') } });
    return total;
  };
  return db.tx(work, { timeoutMs: TIMEOUT_MS });
}

/** All tables of ours, those that others point at before those. Generated columns are made anew by the database. */
async function listTables(tx: Database): Promise<BackupTable[]> {
  const columns = await tx.query<{ table: string; name: string; type: string }>`
    SELECT c.relname::text AS "table", a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum`;
  const references = await tx.query<{ from: string; to: string }>`
    SELECT DISTINCT source.relname::text AS "from", target.relname::text AS "to" FROM pg_constraint k
    JOIN pg_class source ON source.oid = k.conrelid JOIN pg_class target ON target.oid = k.confrelid
    WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND k.conrelid <> k.confrelid`;
  const tables = [...new Set(columns.map(({ table }) => table))];
  return sortByReference(tables, references).map((table) => ({
    table,
    columns: columns.filter((column) => column.table === table).map(({ name, type }) => [name, type] as const),
  }));
}

function sortByReference(tables: readonly string[], references: readonly { readonly from: string; readonly to: string }[]): string[] {
  const sorted = new Set<string>();
  while (sorted.size < tables.length) {
    const free = tables.filter((table) => !sorted.has(table) && references.every(({ from, to }) => from !== table || sorted.has(to)));
    if (free.length === 0) throw new Error('tables point at each other in a circle');
    for (const table of free) sorted.add(table);
  }
  return [...sorted];
}

async function* readRows(tx: Database, { table, columns }: BackupTable): AsyncGenerator<(string | null)[][]> {
  const values = Prisma.join(columns.map(([name]) => Prisma.sql`${quoteName(name)}::text`));
  await tx.execute`DECLARE backup NO SCROLL CURSOR FOR SELECT json_build_array(${values})::text AS row FROM ${quoteName(table)}`;
  for (;;) {
    const rows = await tx.query<{ row: string }>`FETCH ${Prisma.raw(String(ROWS_AT_A_TIME))} FROM backup`;
    if (rows.length > 0) yield rows.map(({ row }) => JSON.parse(row));
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await tx.execute`CLOSE backup`;
}

async function readSequences(tx: Database): Promise<(readonly [string, string | null])[]> {
  const rows = await tx.query<{ name: string; last: string | null }>`
    SELECT sequencename::text AS name, last_value::text AS last FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`;
  return rows.map(({ name, last }) => [name, last]);
}
