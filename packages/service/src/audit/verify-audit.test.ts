import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVault, type Database, type Vault } from '@gatehouse/db';
import { type Attempt, createLog } from '@gatehouse/http';
import { createTestDeps, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditWriter, createAuditWriter } from './audit-writer.ts';
import { findCheckpoint, newestCheckpoints, type SignedCheckpoint, signCheckpoint } from './checkpoint.ts';
import { openCheckpointFile } from './checkpoint-file.ts';
import { pruneAudit } from './prune-audit.ts';
import { type AuditVerdict, type VerifyOptions, verifyAudit } from './verify-audit.ts';

let base: TestDeps;
let db: Database;
const oldKey = randomBytes(32);
const vault: Vault = createVault(oldKey);
const logLines: string[] = [];
const log = createLog('test', 'info', { write: (line) => void logLines.push(line) });
let dataDir: string;
const folders: string[] = [];

beforeAll(async () => {
  base = await createTestDeps();
  db = base.deps.db;
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  await base.close();
});

beforeEach(async () => {
  await db.execute`TRUNCATE audit_log, audit_checkpoints, audit_counts`;
  logLines.length = 0;
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'));
  folders.push(dataDir);
});

const DAY_MS = 24 * 60 * 60 * 1000;

function attempt(at: Date): Attempt {
  return {
    at,
    requestId: randomUUID(),
    dialect: 'keys',
    endpoint: 'listKeys',
    method: 'GET',
    principal: 'user:1',
    address: '203.0.113.7',
    status: 200,
    outcome: 'OK',
    durationMs: 1.4,
  };
}

function startWriter(name: string, with_: Vault = vault): AuditWriter {
  return createAuditWriter({ db, vault: with_, log, clock: base.clock, name, dataDir });
}

/** A writer that wrote so many rows, a minute apart from `from` on, and ended. */
async function write(name: string, count: number, from = base.clock(), with_ = vault): Promise<void> {
  const writer = startWriter(name, with_);
  for (let row = 0; row < count; row += 1) writer.record(attempt(new Date(from.getTime() + row * 60_000)));
  await writer.close();
}

async function verify(options?: VerifyOptions, with_ = vault): Promise<AuditVerdict> {
  const check = verifyAudit(db, with_, { batchRows: 4, ...options });
  for (let step = await check.next(); ; step = await check.next()) if (step.done) return step.value;
}

async function firstProblem(options?: VerifyOptions) {
  const { problems } = await verify(options);
  return problems.map(({ kind, writer, seq, text }) => [kind, writer.replace(/-.*/, ''), Number(seq), text.replace(/ of \S+/, '')]);
}

/** What the file of the data directory says. */
const told = () => openCheckpointFile(dataDir).read();
/** What the structured log says, as an operator would keep it elsewhere. */
const logged = () => logLines.flatMap((line) => findCheckpoint(`gatehouse-1  | ${line}`) ?? []);

describe('a log as it was written', () => {
  it('passes, over several writers and more rows than are read at once', async () => {
    await write('licensing', 11);
    await write('accounts', 4);
    expect(await verify({ outside: await told() })).toEqual({ rows: 15, writers: 2, problems: [], keyUnknown: false });
  });

  it('passes when it is empty', async () => {
    expect(await verify()).toEqual({ rows: 0, writers: 0, problems: [], keyUnknown: false });
  });

  it('passes while it is being written', async () => {
    const writer = startWriter('licensing');
    for (let row = 0; row < 300; row += 1) writer.record(attempt(base.clock()));
    const check = verifyAudit(db, vault, { batchRows: 4 });
    const [verdict] = await Promise.all([
      (async () => {
        for (let step = await check.next(); ; step = await check.next()) if (step.done) return step.value;
      })(),
      writer.flush(),
    ]);
    await writer.close();
    expect(verdict.problems).toEqual([]);
  });

  it('passes after DATA_KEY was rotated, before and after the first row under the new one', async () => {
    await write('licensing', 5);
    const rotated = createVault(randomBytes(32), [oldKey]);
    expect((await verify({}, rotated)).problems).toEqual([]);
    await write('licensing', 5, base.clock(), rotated);
    expect(await verify({}, rotated)).toMatchObject({ rows: 10, problems: [] });
  });

  it('with a lost DATA_KEY says that the key is another one, not only that everything was forged', async () => {
    await write('licensing', 5);
    expect(await verify({}, createVault(randomBytes(32)))).toMatchObject({ rows: 0, keyUnknown: true });
  });

  it('keeps text that the database cannot hold from stopping the log', async () => {
    const writer = startWriter('licensing');
    writer.record({ ...attempt(base.clock()), endpoint: `a\0b${'x'.repeat(196)}\u{1f600}`, outcome: '\ud800' });
    await writer.close();
    expect(await verify()).toMatchObject({ rows: 1, problems: [] });
  });

  it('holds each row once when the answer to a write was lost and the batch comes again with more', async () => {
    let isLost = true;
    const forgetful: Database = {
      ...db,
      execute: async (...statement) => {
        const count = await db.execute(...statement);
        if (!isLost) return count;
        isLost = false;
        throw new Error('the connection broke');
      },
    };
    const writer = createAuditWriter({ db: forgetful, vault, log, clock: base.clock, name: 'licensing' });
    writer.record(attempt(base.clock()));
    writer.record(attempt(base.clock()));
    await writer.flush();
    writer.record(attempt(base.clock()));
    await writer.close();
    expect(await verify()).toMatchObject({ rows: 3, problems: [] });
  });
});

describe('what a superuser of the database does is named', () => {
  beforeEach(async () => {
    await write('licensing', 10);
    await write('accounts', 3);
  });

  const CHANGES = [
    ['outcome', () => db.execute`UPDATE audit_log SET outcome = 'OK ' WHERE seq = 6 AND writer LIKE 'licensing%'`],
    ['at', () => db.execute`UPDATE audit_log SET at = at - interval '1 ms' WHERE seq = 6 AND writer LIKE 'licensing%'`],
    ['principal', () => db.execute`UPDATE audit_log SET principal = NULL WHERE seq = 6 AND writer LIKE 'licensing%'`],
    ['mac', () => db.execute`UPDATE audit_log SET mac = sha256(mac) WHERE seq = 6 AND writer LIKE 'licensing%'`],
    [
      'a row taken out and the later ones moved up',
      async () => {
        await db.execute`DELETE FROM audit_log WHERE seq = 6 AND writer LIKE 'licensing%'`;
        for (let seq = 7; seq <= 10; seq += 1)
          await db.execute`UPDATE audit_log SET seq = seq - 1 WHERE seq = ${seq} AND writer LIKE 'licensing%'`;
      },
    ],
  ] as const;
  it.each(CHANGES)('a changed row: %s', async (_what, change) => {
    await change();
    expect(await firstProblem()).toEqual([['changed', 'licensing', 6, expect.stringMatching(/^Row 6 \(.*\) was changed\.$/)]]);
  });

  it.each([
    ['the middle', 4, 6, 'Rows 4 to 6 were removed.'],
    ['one row', 4, 4, 'Row 4 was removed.'],
    ['the beginning', 1, 3, 'Rows 1 to 3 were removed.'],
    ['the end', 8, 10, 'Rows 8 to 10 were removed.'],
    ['all rows of a writer', 1, 10, 'Rows 1 to 10 were removed.'],
  ])('removed rows: %s', async (_what, from, to, text) => {
    await db.execute`DELETE FROM audit_log WHERE seq BETWEEN ${from} AND ${to} AND writer LIKE 'licensing%'`;
    expect(await firstProblem()).toEqual([['removed', 'licensing', from, text]]);
  });

  it.each([
    ['the end, with its checkpoints', 8, 'Rows 8 to 10 were removed.'],
    ['a whole writer, with its checkpoints', 1, 'Rows 1 to 10 were removed.'],
  ])('%s: by what was kept in the file beside the database, and in the log', async (_what, from, text) => {
    await db.execute`DELETE FROM audit_log WHERE seq >= ${from} AND writer LIKE 'licensing%'`;
    await db.execute`DELETE FROM audit_checkpoints WHERE seq >= ${from} AND writer LIKE 'licensing%'`;
    expect(await firstProblem()).toEqual([]);
    expect(await firstProblem({ outside: await told() })).toEqual([['removed', 'licensing', from, text]]);
    expect(await firstProblem({ outside: newestCheckpoints(logged()) })).toEqual([['removed', 'licensing', from, text]]);
  });

  it('the whole log truncated: each writer that the file knows', async () => {
    await db.execute`TRUNCATE audit_log, audit_checkpoints`;
    expect(await firstProblem({ outside: await told() })).toEqual([
      ['removed', 'licensing', 1, 'Rows 1 to 10 were removed.'],
      ['removed', 'accounts', 1, 'Rows 1 to 3 were removed.'],
    ]);
  });

  it.each([['licensing', 11, 'was added after its writer had ended']])('an added row at the end', async (writer, seq, text) => {
    await db.execute`
      INSERT INTO audit_log (at, request_id, dialect, endpoint, address, outcome, status, duration_ms, writer, seq, mac)
      SELECT at, 'made up', dialect, endpoint, address, outcome, status, duration_ms, writer, ${seq}, mac
      FROM audit_log WHERE seq = 10 AND writer LIKE 'licensing%'`;
    expect(await firstProblem()).toEqual([['added', writer, seq, expect.stringContaining(text)]]);
  });

  it('a writer that never was', async () => {
    await db.execute`
      INSERT INTO audit_log (at, request_id, dialect, endpoint, address, outcome, status, duration_ms, writer, seq, mac)
      SELECT at, request_id, dialect, endpoint, address, outcome, status, duration_ms, 'made-up', seq, mac
      FROM audit_log WHERE writer LIKE 'licensing%'`;
    expect(await firstProblem()).toEqual([['added', 'made', 1, expect.stringContaining('was added')]]);
  });

  it('a made-up checkpoint that would explain a missing beginning', async () => {
    await db.execute`
      INSERT INTO audit_checkpoints (writer, seq, mac, at, reason, signature)
      SELECT writer, seq, mac, at, 'pruned', sha256(mac) FROM audit_log WHERE seq = 3 AND writer LIKE 'licensing%'`;
    await db.execute`DELETE FROM audit_log WHERE seq <= 3 AND writer LIKE 'licensing%'`;
    expect(await firstProblem()).toEqual([['checkpoint', 'licensing', 3, expect.stringContaining('was not signed')]]);
    await db.execute`
      UPDATE audit_checkpoints SET signature = (SELECT signature FROM audit_checkpoints WHERE reason = 'shutdown' AND writer LIKE 'licensing%')
      WHERE reason = 'pruned'`;
    expect(await firstProblem()).toEqual([['checkpoint', 'licensing', 3, expect.stringContaining('was not signed')]]);
  });

  it('a whole chain written anew by someone who has the key but not the file', async () => {
    const [{ writer } = { writer: '' }] = await db.query<{
      writer: string;
    }>`SELECT writer FROM audit_log WHERE writer LIKE 'licensing%' LIMIT 1`;
    const seen = await told();
    await db.execute`DELETE FROM audit_log WHERE writer LIKE 'licensing%'`;
    await db.execute`DELETE FROM audit_checkpoints WHERE writer LIKE 'licensing%'`;
    await write('licensing', 10);
    await db.execute`DELETE FROM audit_checkpoints WHERE writer LIKE 'licensing%'`;
    expect((await verify({ outside: seen })).problems).toMatchObject([{ kind: 'removed', writer, seq: 1n }]);
  });

  it('lines of the file that nobody signed prove nothing', async () => {
    const forged: SignedCheckpoint = {
      ...signCheckpoint(
        { writer: 'x-1', seq: 5n, mac: Buffer.alloc(32), at: base.clock(), reason: 'shutdown' },
        createVault(randomBytes(32)),
      ),
    };
    appendFileSync(join(dataDir, 'audit-checkpoints.log'), 'not JSON {"audit_checkpoint":\n{"audit_checkpoint":{"writer":5}}\n');
    expect((await verify({ outside: [...(await told()), forged] })).problems).toEqual([]);
  });
});

describe('pruning', () => {
  const now = () => base.clock();
  const prune = (before: Date) => pruneAudit(db, startWriter('pruner').checkpoints, before, now());

  it('leaves a chain that still verifies, and tells deleted from removed', async () => {
    const from = new Date(now().getTime() - 10 * DAY_MS);
    await write('licensing', 10, from);
    await write('accounts', 3);
    expect(await prune(new Date(from.getTime() + 4 * 60_000))).toBe(4);
    expect(await verify({ outside: await told() })).toMatchObject({ rows: 9, problems: [] });
    await db.execute`DELETE FROM audit_log WHERE seq = 5 AND writer LIKE 'licensing%'`;
    expect(await firstProblem()).toEqual([['removed', 'licensing', 5, 'Row 5 was removed.']]);
  });

  it('of a whole writer, twice, and with rows of another time between, leaves nothing to complain of', async () => {
    const from = new Date(now().getTime() - 10 * DAY_MS);
    await write('licensing', 10, from);
    const late = startWriter('late');
    for (const days of [9, 8, 1, 9]) late.record(attempt(new Date(now().getTime() - days * DAY_MS)));
    await late.close();
    expect(await prune(new Date(now().getTime() - 5 * DAY_MS))).toBe(12);
    expect(await prune(new Date(now().getTime() - 5 * DAY_MS))).toBe(0);
    expect(await verify({ outside: await told() })).toMatchObject({ rows: 2, problems: [] });
  });

  it('several processes at once delete each row once', async () => {
    await write('licensing', 30, new Date(now().getTime() - 10 * DAY_MS));
    const counts = await Promise.all([1, 2, 3].map(() => prune(now())));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(await verify({ outside: await told() })).toMatchObject({ rows: 0, problems: [] });
  });

  it('a row that was deleted as too old and comes back is named', async () => {
    await write('licensing', 5, new Date(now().getTime() - 10 * DAY_MS));
    await db.execute`CREATE TABLE kept AS SELECT * FROM audit_log WHERE seq = 2`;
    await prune(now());
    await db.execute`INSERT INTO audit_log SELECT * FROM kept`;
    await db.execute`DROP TABLE kept`;
    expect(await firstProblem()).toEqual([['added', 'licensing', 2, expect.stringContaining('is there again')]]);
  });
});

describe('checkpoints', () => {
  it('are few in the database, readable by their owner only outside it, and hold no row', async () => {
    await write('licensing', 3);
    const rows = await db.query<{ reason: string; seq: bigint }>`SELECT reason, seq FROM audit_checkpoints ORDER BY id`;
    expect(rows).toEqual([
      { reason: 'start', seq: 3n },
      { reason: 'shutdown', seq: 3n },
    ]);
    const text = readFileSync(join(dataDir, 'audit-checkpoints.log'), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(text).not.toMatch(/listKeys|203\.0\.113\.7/);
  });
});
