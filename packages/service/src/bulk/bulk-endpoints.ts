import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Principal } from '@gatehouse/auth';
import { type Database, VaultError } from '@gatehouse/db';
import { badParameter, Fault } from '@gatehouse/faults';
import { type Admit, type AnyEndpoint, endpoint, noContent, type Reply, validate } from '@gatehouse/http';
import Joi from 'joi';
import type { ServiceDeps } from '../deps.ts';
import { BadRow, type BulkKind, type ImportedRow } from './bulk-kind.ts';
import { dropBatches, type ImportName, keepBatch, takeBatches } from './import-batches.ts';

const ROWS_AT_A_TIME = 1_000;
const MOST_ROWS_A_BATCH = 500;
/** An import of a hundred thousand rows takes seconds, on a slow machine a minute. */
const TIMEOUT_MS = 30 * 60 * 1000;
/** The longest silence before a line says how far it is: the gateway gives up on a service that says nothing. */
const PROGRESS_MS = 1_000;

interface BatchBody {
  readonly rows: readonly { readonly line: number; readonly values: Readonly<Record<string, unknown>> }[];
}

interface ImportParams {
  readonly importId: string;
}

const params = Joi.object<ImportParams>({
  importId: Joi.string().guid({ separator: '-' }).required().description('A UUID that the caller draws'),
});
const batchBody = Joi.object<BatchBody>({
  rows: Joi.array()
    .min(1)
    .max(MOST_ROWS_A_BATCH)
    .required()
    .items(Joi.object({ line: Joi.number().integer().min(1).max(2_147_483_647).required(), values: Joi.object().unknown().required() })),
});
const linesReply = (text: string) => ({ 200: Joi.string().description(text) });

/**
 * The endpoints that export and import rows of one kind. An import is handed in piece by piece, each checked as it comes, and taken as a
 * whole: a row that cannot be taken is named with its line, and nothing of the file is then written.
 */
export function bulkEndpoints<Scope, Values>(
  deps: ServiceDeps,
  admit: Admit<Principal>,
  kind: BulkKind<Scope, Values>,
): AnyEndpoint<Database>[] {
  const nameOf = ({ importId }: ImportParams): ImportName => ({ kind: kind.name, importId });
  const importPath = `/admin/v1/imports/${kind.name}/:importId`;
  const common = { admit, faults: ['NOT_FOUND'] as const };
  return [
    endpoint({
      ...common,
      name: `export${kind.title}`,
      method: 'GET',
      path: `/admin/v1/exports/${kind.name}`,
      summary: `All ${kind.name}, one a line of NDJSON; the last line says how many`,
      query: kind.scope,
      replies: linesReply('Lines of cells, then one `{end: {rows}}`'),
      async handle({ query }: { query: Scope }) {
        // Asked before the reply begins, so that a scope that is not there is a fault.
        await kind.exportRows(deps.db, query, 0, 1);
        return lines(exportLines(deps.db, kind, query));
      },
    }),
    endpoint({
      ...common,
      name: `addRowsOf${kind.title}`,
      method: 'POST',
      path: `${importPath}/rows`,
      summary: `Hand in rows of an import of ${kind.name}`,
      params,
      body: batchBody,
      replies: { 204: null },
      async handle({ db, body, now, params: given }: { db: Database; body: BatchBody; now: Date; params: ImportParams }) {
        const rows = body.rows.map(({ line, values }, index) => ({ line, values: readRow(kind, values, index) }));
        await keepBatch(db, deps.vault, nameOf(given), rows, now);
        return noContent();
      },
    }),
    endpoint({
      ...common,
      name: `import${kind.title}`,
      method: 'POST',
      path: importPath,
      summary: `Take all rows of an import of ${kind.name}, or none of them`,
      params,
      body: Joi.object<{ readonly scope: Scope; readonly rows: number }>({
        scope: kind.scope.required(),
        rows: Joi.number().integer().min(1).required().description('How many were handed in'),
      }),
      replies: linesReply('Lines of `{progress: {rows}}`, then one `{imported}` or `{problem: {line, reason}}`'),
      async handle({ request, body, now, params: given }) {
        // The number of the import says what is done once, and an answer that goes on for a minute is not kept.
        if (request.header('idempotency-key') !== undefined) throw badParameter('Idempotency-Key', 'is not taken here');
        await kind.openImport(deps.db, body.scope, now);
        return lines(importLines(deps, kind, { ...body, name: nameOf(given), now }));
      },
    }),
    endpoint({
      ...common,
      name: `cancelImportOf${kind.title}`,
      method: 'DELETE',
      path: importPath,
      summary: `Forget an import of ${kind.name} that was not taken`,
      params,
      replies: { 204: null },
      async handle({ db, params: given }: { db: Database; params: ImportParams }) {
        await dropBatches(db, nameOf(given));
        return noContent();
      },
    }),
  ];
}

function readRow<Scope, Values>(kind: BulkKind<Scope, Values>, values: unknown, index: number): Values {
  try {
    return validate(kind.row, values, { convert: true, unknown: 'refuse' });
  } catch (error) {
    if (!(error instanceof Fault) || error.options.details === undefined) throw error;
    const details = error.options.details.map(({ path, message }) => ({ path: `rows.${index}.${path}`, message }));
    throw new Fault('BAD_PARAMETER', { details });
  }
}

function lines(stream: AsyncIterable<string>): Reply {
  return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, stream };
}

async function* exportLines<Scope, Values>(db: Database, kind: BulkKind<Scope, Values>, scope: Scope): AsyncGenerator<string> {
  let afterId = 0;
  let count = 0;
  for (;;) {
    const rows = await kind.exportRows(db, scope, afterId, ROWS_AT_A_TIME);
    yield rows.map(({ values }) => `${JSON.stringify({ row: values })}\n`).join('');
    count += rows.length;
    afterId = rows.at(-1)?.id ?? afterId;
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  yield `${JSON.stringify({ end: { rows: count } })}\n`;
}

interface Import<Scope> {
  readonly name: ImportName;
  readonly scope: Scope;
  readonly rows: number;
  readonly now: Date;
}

async function* importLines<Scope, Values>(deps: ServiceDeps, kind: BulkKind<Scope, Values>, work: Import<Scope>): AsyncGenerator<string> {
  let taken = 0;
  const importing = takeAll(deps, kind, work, (rows) => {
    taken = rows;
  }).then(
    () => ({ imported: work.rows }),
    (error: unknown) => explain(deps, error),
  );
  for (;;) {
    const outcome = await Promise.race([importing, pause(PROGRESS_MS)]);
    if (outcome !== null) {
      if (!('imported' in outcome)) await dropBatches(deps.db, work.name);
      yield `${JSON.stringify(outcome)}\n`;
      return;
    }
    yield `${JSON.stringify({ progress: { rows: taken } })}\n`;
  }
}

async function takeAll<Scope, Values>(
  { db, vault }: ServiceDeps,
  kind: BulkKind<Scope, Values>,
  { name, scope, rows: expected, now }: Import<Scope>,
  onProgress: (rows: number) => void,
): Promise<void> {
  await db.tx(
    async (tx) => {
      const write = await kind.openImport(tx, scope, now);
      let count = 0;
      for await (const batch of takeBatches(tx, vault, name)) {
        const rows = readBatch(kind, batch);
        await write(rows);
        count += rows.length;
        onProgress(count);
        // An embedded database answers without ever leaving the thread to others: here they get their turn, the progress too.
        await nextTurn();
      }
      if (count !== expected) throw new BadRow(0, `${expected} rows were to be imported, and ${count} are there`);
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

/** Rows as they were kept; read again, since what was a time is text in between. */
function readBatch<Scope, Values>(kind: BulkKind<Scope, Values>, batch: unknown): ImportedRow<Values>[] {
  const rows: readonly unknown[] = Array.isArray(batch) ? batch : [];
  return rows.map((row) => {
    const { line, values } = Object(row);
    return { line: Number(line), values: validate(kind.row, values, { convert: true, unknown: 'refuse' }) };
  });
}

function explain({ log }: ServiceDeps, error: unknown): { readonly problem: { readonly line: number; readonly reason: string } } {
  if (error instanceof BadRow) return { problem: { line: error.line, reason: error.reason } };
  log.error({ err: error }, 'an import failed');
  const reason = error instanceof VaultError ? 'the rows were handed in under another name' : 'something went wrong on our side';
  return { problem: { line: 0, reason } };
}

/** null after a while. */
function pause(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}
