import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataDirInUse, migrate, openDatabase } from './index.ts';
import { makeEmbeddedTemplate } from './make-embedded-template.ts';
import { startChild } from './testing/test-child.ts';

const log = { info: () => undefined, warn: () => undefined };
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-db-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = async () => {
  const db = await openDatabase({ dataDir, log });
  await migrate(db, log);
  return db;
};

/** How many writes are acknowledged before the process is killed; `FULL_RACES=1` kills two. */
const KILLED_AFTER = process.env.FULL_RACES ? [40, 130] : [80];

it('loses no acknowledged write when its process is killed in the middle of writing', async () => {
  await makeEmbeddedTemplate(log);
  for (const writes of KILLED_AFTER) {
    const child = startChild('write-embedded', [dataDir]);
    await child.said(new RegExp(`(\\d+\\n){${writes}}`));
    await child.kill();
    // A line cut off by the end of the process was no acknowledgement.
    const acknowledged = child.output().split('\n').slice(0, -1).map(Number);
    const db = await open();
    const stored = await db.query<{ id: number }>`SELECT id FROM users WHERE id = ANY(${acknowledged})`;
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(acknowledged));
    // Both rows of a transaction or none: with those of single writes, the ids that are there hold no half of a pair.
    expect(await db.query`SELECT 1 FROM users GROUP BY xmin HAVING count(*) > 2`).toEqual([]);
    await db.close();
  }
}, 60_000);

it('is opened by one process at a time, and by the next once that one is gone, however it went', async () => {
  const child = startChild('write-embedded', [dataDir]);
  await child.said(/\d+\n/);
  const refused = await open().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DataDirInUse);
  expect(refused).toMatchObject({ message: `The data directory ${dataDir} is in use by another process.` });
  await child.kill();
  const db = await open();
  await expect(open()).rejects.toThrow(DataDirInUse);
  await db.close();
  await (await open()).close();
  expect(readdirSync(dataDir)).toEqual(['pg']);
});

it('is opened by one of many who ask at the same instant', async () => {
  const opened = await Promise.allSettled(Array.from({ length: 6 }, () => open()));
  const winners = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(winners.length).toBeLessThanOrEqual(1);
  for (const result of opened) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DataDirInUse);
  await Promise.all(winners.map((db) => db.close()));
});

it('is made anew where the very first start was cut short, and never where one was finished', async () => {
  mkdirSync(join(dataDir, 'pg.new'));
  writeFileSync(join(dataDir, 'pg.new/PG_VERSION'), 'half');
  const db = await open();
  await db.prisma.user.create({ data: { name: 'kept' } });
  await db.close();
  const again = await open();
  expect(await again.prisma.user.count()).toBe(1);
  await again.close();
  expect(readdirSync(dataDir)).toEqual(['pg']);
});
