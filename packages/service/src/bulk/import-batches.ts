import type { Database, Vault } from '@gatehouse/db';
import type { ImportedRow } from './bulk-kind.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** An import of one kind, by the number that its sender drew. */
export interface ImportName {
  readonly kind: string;
  readonly importId: string;
}

/** Keeps rows until all of a file are there. The same batch twice is one. */
export async function keepBatch(
  db: Database,
  vault: Vault,
  name: ImportName,
  rows: readonly ImportedRow<unknown>[],
  now: Date,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const sealed = vault.seal(JSON.stringify(rows), contextOf(name, first.line));
  await db.execute`
    INSERT INTO import_batches (import_id, first_line, rows, created_at) VALUES (${name.importId}::uuid, ${first.line}, ${sealed}, ${now})
    ON CONFLICT (import_id, first_line) DO UPDATE SET rows = excluded.rows`;
}

/** The batches of an import, in the order of the file, each deleted as it is taken: of two who take the same import one gets it. */
export async function* takeBatches(tx: Database, vault: Vault, name: ImportName): AsyncGenerator<unknown> {
  for (;;) {
    const [batch] = await tx.query<{ line: number; rows: Uint8Array }>`
      DELETE FROM import_batches
      WHERE import_id = ${name.importId}::uuid
        AND first_line = (SELECT first_line FROM import_batches WHERE import_id = ${name.importId}::uuid ORDER BY first_line LIMIT 1 FOR UPDATE)
      RETURNING first_line AS line, rows`;
    if (batch === undefined) return;
    yield JSON.parse(vault.open(batch.rows, contextOf(name, batch.line)).toString('utf8'));
  }
}

/** Forgets an import that is not taken. */
export async function dropBatches(db: Database, { importId }: ImportName): Promise<void> {
  await db.execute`DELETE FROM import_batches WHERE import_id = ${importId}::uuid`;
}

/** Forgets what nobody came back for. @returns how many batches */
export function pruneBatches(db: Database, now: Date): Promise<number> {
  return db.execute`DELETE FROM import_batches WHERE created_at < ${new Date(now.getTime() - DAY_MS)}`;
}

function contextOf({ kind, importId }: ImportName, line: number): string {
  return `import:${kind}:${importId}:${line}`;
}
