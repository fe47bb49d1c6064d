import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findCheckpoint, newestCheckpoints, type SignedCheckpoint, toCheckpointRecord } from './checkpoint.ts';

/** Checkpoints in a file beside the database: whoever can change the one need not be able to change the other. */
export interface CheckpointFile {
  append(checkpoint: SignedCheckpoint): Promise<void>;
  /** What is in it; nothing when there is no file yet. */
  read(): Promise<SignedCheckpoint[]>;
}

const OWNER_ONLY = 0o600;
/** Beyond this, a week and more of one busy writer, only the newest of each writer are kept. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The file `audit-checkpoints.log` of a data directory, one JSON object a line. Several processes may append to it. */
export function openCheckpointFile(dataDir: string): CheckpointFile {
  const file = join(dataDir, 'audit-checkpoints.log');

  async function read(): Promise<SignedCheckpoint[]> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
    return text.split('\n').flatMap((line) => findCheckpoint(line) ?? []);
  }

  async function shorten(): Promise<void> {
    const draft = `${file}.new`;
    await writeFile(
      draft,
      newestCheckpoints(await read())
        .map(toLine)
        .join(''),
      { mode: OWNER_ONLY },
    );
    await rename(draft, file);
  }

  return {
    read,
    async append(checkpoint) {
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, toLine(checkpoint), { mode: OWNER_ONLY });
      if ((await stat(file)).size > MAX_BYTES) await shorten();
    },
  };
}

function toLine(checkpoint: SignedCheckpoint): string {
  return `${JSON.stringify({ audit_checkpoint: toCheckpointRecord(checkpoint) })}\n`;
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
