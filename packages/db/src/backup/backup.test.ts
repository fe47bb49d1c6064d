import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { testServerUrl } from '../testing/test-server.ts';
import { createVault } from '../vault.ts';
import { BackupRefused, checkBackup } from './check-backup.ts';
import { DatabaseInUse, restoreBackup } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';

const NOW = new Date('2026-01-02T03:04:05.678Z');
const log = { info: () => undefined, warn: () => undefined };
const dataKey = randomBytes(32);
const vault = createVault(dataKey);
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
let source: TestDatabase;
let backup: string[];

beforeAll(async () => {
  source = await createTestDatabase({ databaseUrl: testServerUrl });
  await fill(source.db);
  backup = await write(source.db);
});
afterAll(async () => {
  await source?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Something of every type of column, with what is hard to carry over. */
async function fill(db: Database): Promise<void> {
  const user = await db.prisma.user.create({
    data: { name: 'Zoë "the\\" <b>\n\t☃ 🂡', email: 'A@example.com', credits: '12345.67', telegramId: 9_007_199_254_740_993n },
  });
  await db.prisma.user.create({ data: { name: 'gone' } });
  await db.execute`DELETE FROM users WHERE name = 'gone'`;
  const hash = new Uint8Array([0, 255, 10, 92]);
  await db.prisma.credential.create({
    data: { userId: user.id, kind: 'rest_api', secretHash: hash, prefix: 'p', last4: 'abcd', scopes: ['rest-api:*', 'a "b", {c}'] },
  });
  const provider = await db.prisma.provider.create({ data: { userId: user.id, name: 'p' } });
  await db.execute`
    INSERT INTO licence_keys (key_value, user_id, provider_id, expires_at)
    SELECT 'AAAA-BBBB-CCCC-' || lpad(n::text, 4, '0'), ${user.id}, ${provider.id}, CASE WHEN n % 2 = 0 THEN ${NOW}::timestamptz END
    FROM generate_series(0, 599) AS n`;
  const site = await db.prisma.site.create({ data: { name: 's', slug: '0123456789' } });
  await db.execute`INSERT INTO nas (site_id, name, address, secret) VALUES (${site.id}, 'n', '2001:db8::/64'::inet, ${vault.seal('x', 'nas')})`;
  await db.prisma.setting.create({ data: { name: 'cors_origins', value: ['a', { b: null }] } });
  await db.execute`UPDATE users SET created_at = '2020-02-29 23:59:59.999+00'`;
}

async function write(db: Database): Promise<string[]> {
  let text = '';
  await writeBackup({
    db,
    vault,
    version: '1.2.3',
    now: NOW,
    write: async (piece) => {
      text += piece;
    },
  });
  return text.trimEnd().split('\n');
}

/** Everything but what is drawn anew each time. */
const content = async (db: Database) => (await write(db)).slice(1, -1);

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const restore = (lines: readonly string[], place: { databaseUrl?: string; dataDir: string }, with_ = vault) =>
  restoreBackup({ open: () => linesOf(lines), vault: with_, databaseUrl: undefined, log, now: NOW, ...place });

async function withEmbedded<T>(dataDir: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ dataDir, log });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

describe('a restored copy', () => {
  it('is the same to the last byte in an embedded database, and goes on from there', async () => {
    const dataDir = join(folder, 'fresh');
    expect(await restore(backup, { dataDir })).toMatchObject({ version: '1.2.3', createdAt: NOW.toISOString(), keptAt: null });
    await withEmbedded(dataDir, async (db) => {
      expect(await content(db)).toEqual(backup.slice(1, -1));
      // The id of a row that was deleted is not given out again.
      expect((await db.prisma.user.create({ data: { name: 'next' } })).id).toBe(3);
      const [count] = await db.query<{ n: bigint }>`
        SELECT (SELECT coalesce(sum(n), 0) FROM key_counts WHERE scope = 0 AND unit = 0) + (SELECT coalesce(sum(n), 0) FROM key_count_changes) AS n`;
      expect(Number(count?.n)).toBe(600);
      await db.execute`DELETE FROM licence_keys WHERE key_value = 'AAAA-BBBB-CCCC-0000'`;
      const [fewer] = await db.query<{ n: bigint }>`SELECT sum(n) AS n FROM key_count_changes WHERE n < 0`;
      expect(Number(fewer?.n)).toBe(-1);
    });
  }, 60_000);

  it('takes the place of what was there, which is kept beside it', async () => {
    const dataDir = join(folder, 'used');
    await withEmbedded(dataDir, (db) => db.prisma.user.create({ data: { name: 'before' } }));
    const { keptAt } = await restore(backup, { dataDir });
    expect(keptAt).toBe(join(dataDir, 'pg.before-restore-20260102030405678'));
    expect(existsSync(keptAt ?? '')).toBe(true);
    expect(await withEmbedded(dataDir, (db) => db.prisma.user.count({ where: { name: 'before' } }))).toBe(0);
  }, 60_000);

  (testServerUrl === undefined ? it.skip : it)(
    'is the same in PostgreSQL, empty or not',
    async () => {
      const target = await createEmptyDatabase({ databaseUrl: testServerUrl });
      await target.db.close();
      const place = { databaseUrl: target.url ?? '', dataDir: folder };
      for (const _time of ['empty', 'full']) await restore(backup, place);
      const db = await openDatabase({ databaseUrl: place.databaseUrl, log });
      expect(await content(db)).toEqual(backup.slice(1, -1));
      await expect(restore(backup, place)).rejects.toThrow(DatabaseInUse);
      await db.close();
      await target.close();
    },
    60_000,
  );
});

describe('a wrong file', () => {
  const header = () => JSON.parse(backup[0] ?? '');
  const WRONG: readonly (readonly [what: string, lines: () => string[], sentence: RegExp])[] = [
    ['something else', () => ['name,email', 'a,b'], /not a backup/],
    ['JSON of something else', () => ['{"a":1}'], /not a backup/],
    ['nothing', () => [], /not a backup/],
    ['one without its end', () => backup.slice(0, -1), /end is missing/],
    ['one without a line', () => backup.filter((_line, index) => index !== 5), /changed/],
    ['one with a row more', () => backup.map((line) => line.replace('[["1",', '[["1","x"],["1",')), /changed/],
    ['one with a letter changed', () => backup.map((line) => line.replace('AAAA-BBBB-CCCC-0001', 'AAAA-BBBB-CCCC-000X')), /changed/],
    ['two in one', () => [...backup, ...backup], /behind the end/],
    ['one of a newer form', () => [JSON.stringify({ ...header(), gatehouse_backup: 2 }), ...backup.slice(1)], /newer version/],
    [
      'one of another version',
      () => [JSON.stringify({ ...header(), migrations: ['x y'] }), ...backup.slice(1)],
      /another version.*1\.2\.3/,
    ],
  ];
  it.each(WRONG)('%s is refused, and nothing is changed', async (_what, lines, sentence) => {
    const dataDir = join(folder, 'untouched');
    await expect(restore(lines(), { dataDir })).rejects.toThrow(BackupRefused);
    await expect(restore(lines(), { dataDir })).rejects.toThrow(sentence);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('one under another DATA_KEY is refused, one under a key from before a rotation is not', async () => {
    await expect(checkBackup(linesOf(backup), createVault(randomBytes(32)))).rejects.toThrow(/needs the DATA_KEY/);
    expect((await checkBackup(linesOf(backup), createVault(randomBytes(32), [dataKey]))).rows).toBeGreaterThan(600);
  });

  it('one that cannot be loaded leaves what was there, and nothing beside it', async () => {
    const dataDir = join(folder, 'kept');
    await withEmbedded(dataDir, (db) => db.prisma.user.create({ data: { name: 'mine' } }));
    let reads = 0;
    const open = () => {
      reads += 1;
      // It changed between the check and the loading.
      return linesOf(
        reads === 1
          ? backup
          : backup.map((line) => line.replace('["n","', '["nobody","')).map((line) => line.replace('[["1","1"', '[["1","99"')),
      );
    };
    await expect(restoreBackup({ open, vault, databaseUrl: undefined, dataDir, log, now: NOW })).rejects.toThrow();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('pg'))).toEqual(['pg']);
    expect(await withEmbedded(dataDir, (db) => db.prisma.user.count({ where: { name: 'mine' } }))).toBe(1);
  }, 60_000);
});
