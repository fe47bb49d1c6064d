import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeBackup } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import type { AdminContext } from './admin-context.ts';

/** The longest silence before a line says how far it is: the gateway gives up on a service that says nothing. */
const PROGRESS_MS = 1_000;

/** `GET backup`: everything, line by line. `gatehouse backup` makes a file of it. */
export const getBackup = ({ admit, deps }: AdminContext) => {
  let isUnderWay = false;
  return nativeEndpoint({
    name: 'getBackup',
    method: 'GET',
    path: '/admin/v1/backup',
    summary: 'The whole database as NDJSON, as it is at one moment; lines of `progress` are not part of it',
    admit,
    replies: { 200: Joi.string().description('Lines of a backup') },
    faults: ['CONFLICT'],
    async handle({ request }) {
      if (isUnderWay) throw new Fault('CONFLICT', { detail: 'A backup is being made already.' });
      // HEAD makes none, so nobody would ever free it.
      isUnderWay = request.method !== 'HEAD';
      const free = () => {
        isUnderWay = false;
      };
      return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, stream: makeBackup(deps, free) };
    },
  });
};

/**
 * Writes it to a file first and hands that out then: however slow its reader is, the snapshot, which holds the embedded database's one
 * connection, lasts no longer than writing takes.
 */
async function* makeBackup(deps: ServiceDeps, free: () => void): AsyncGenerator<string> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(deps.dataDir ?? tmpdir(), 'backup-'));
    const file = join(folder, 'backup');
    let rows = 0;
    const written = writeFile(deps, file, (count) => {
      rows = count;
    }).then(() => true);
    while (!(await Promise.race([written, sleep(PROGRESS_MS, false)]))) yield `${JSON.stringify({ progress: { rows } })}\n`;
    for await (const piece of createReadStream(file, 'utf8')) yield String(piece);
  } finally {
    free();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function writeFile({ db, vault, appVersion }: ServiceDeps, file: string, onProgress: (rows: number) => void): Promise<void> {
  const output = createWriteStream(file, { mode: 0o600 });
  const done = finished(output);
  // Told by whoever waits for the end.
  done.catch(() => undefined);
  const write = async (text: string) => {
    if (!output.write(text)) await Promise.race([once(output, 'drain'), done]);
  };
  try {
    await writeBackup({ db, vault, version: appVersion, now: new Date(), write, onProgress });
  } finally {
    output.end();
  }
  await done;
}
