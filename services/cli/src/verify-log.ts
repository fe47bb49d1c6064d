import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  findCheckpoint,
  newestCheckpoints,
  openCheckpointFile,
  type SignedCheckpoint,
  toCheckpointRecord,
  verifyAudit,
} from '@gatehouse/service';
import { isJson, type Json, toJson } from './api.ts';
import type { Cli } from './cli.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { remark, say, sayJson } from './output.ts';
import { openOwnDatabase } from './own-database.ts';
import { startProgress } from './progress.ts';

/** How to check. */
export interface VerifyOptions {
  readonly checkpoints?: string;
  readonly offline?: boolean;
}

/** What a check says in the end, over the API and without it. */
interface Verdict {
  readonly rows: number;
  readonly writers: number;
  readonly problems: readonly { readonly text: string }[];
  readonly keyUnknown: boolean;
}

/** Checks the audit log and says what was found. @throws CliError when something was */
export async function verify(cli: Cli, { checkpoints, offline }: VerifyOptions): Promise<void> {
  const outside = checkpoints === undefined ? [] : await readCheckpoints(cli, checkpoints);
  const { rows, writers, problems, keyUnknown } = offline === true ? await verifyHere(cli, outside) : await verifyThere(cli, outside);
  if (cli.isJson) sayJson(cli, { rows, writers, key_unknown: keyUnknown, problems });
  else if (problems.length === 0) say(cli, `${rows} rows of ${writers} writers are as they were written.`);
  else for (const { text } of problems) say(cli, text);
  if (keyUnknown) remark(cli, 'Nothing in the log was written under this DATA_KEY: it is another one, or was lost.');
  if (problems.length > 0) throw new CliError('The audit log is not as it was written.', EXIT.failed);
}

async function readCheckpoints(cli: Cli, file: string): Promise<SignedCheckpoint[]> {
  const found: SignedCheckpoint[] = [];
  try {
    const input = file === '-' ? cli.terminal.input : createReadStream(file);
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const checkpoint = findCheckpoint(line);
      if (checkpoint !== null) found.push(checkpoint);
    }
  } catch {
    throw new CliError('--checkpoints names a file that cannot be read.', EXIT.usage);
  }
  if (found.length === 0) throw new CliError('--checkpoints names a file in which there is no checkpoint.', EXIT.usage);
  return newestCheckpoints(found);
}

async function verifyThere(cli: Cli, outside: readonly SignedCheckpoint[]): Promise<Verdict> {
  const body = { checkpoints: outside.map(toCheckpointRecord) };
  const progress = startProgress(cli, 'rows', 0);
  try {
    for await (const text of cli.api.lines('POST', '/admin/v1/audit/verify', { body })) {
      const line = toJson(text);
      if (isJson(line.progress)) progress.set(Number(line.progress.rows));
      if (isJson(line.verdict)) return toVerdict(line.verdict);
    }
  } finally {
    progress.stop();
  }
  throw new CliError('The answer broke off.', EXIT.unreachable);
}

function toVerdict({ rows, writers, problems, key_unknown }: Json): Verdict {
  const list = Array.isArray(problems) ? problems.filter(isJson) : [];
  return {
    rows: Number(rows),
    writers: Number(writers),
    problems: list.map((problem) => ({ ...problem, text: String(problem.text) })),
    keyUnknown: key_unknown === true,
  };
}

async function verifyHere(cli: Cli, given: readonly SignedCheckpoint[]): Promise<Verdict> {
  const { db, vault } = await openOwnDatabase(cli.config);
  const progress = startProgress(cli, 'rows', 0);
  try {
    const outside = [...given, ...(await openCheckpointFile(cli.config.dataDir).read())];
    const check = verifyAudit(db, vault, { outside });
    for (;;) {
      const step = await check.next();
      if (!step.done) {
        progress.set(step.value.rows);
        continue;
      }
      const problems = step.value.problems.map((problem) => ({ ...problem, seq: Number(problem.seq) }));
      return { ...step.value, problems };
    }
  } finally {
    progress.stop();
    await db.close();
  }
}
