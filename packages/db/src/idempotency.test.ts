import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createIdempotency, createVault, type Database, type Idempotency, openDatabase } from './index.ts';
import { startChild } from './testing/test-child.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

let test: TestDatabase;
let db: Database;
let idempotency: Idempotency;
const log = { info: () => undefined, warn: () => undefined };
const vault = createVault(Buffer.alloc(32, 7));
let now = new Date('2026-01-01T00:00:00Z');

beforeAll(async () => {
  test = await createTestDatabase({ databaseUrl: testServerUrl });
  db = test.db;
  idempotency = createIdempotency({ db, vault, clock: () => now });
});
afterAll(() => test?.close());

const requestHash = Buffer.from('the request');
const addUser = (name: string) => async (tx: Database) => {
  const { id } = await tx.prisma.user.create({ data: { name } });
  return { status: 201, headers: { location: `/users/${id}` }, body: { id, secret: 'shown once' } };
};
const countUsers = (name: string) => db.prisma.user.count({ where: { name } });

it.each([1, 2, 3])('50 at once with one key write once and get the same answer (round %i)', async (round) => {
  const name = `at once ${round}`;
  const run = () => idempotency.run({ scope: 'a', key: name, requestHash }, addUser(name));
  const answers = await Promise.all(Array.from({ length: 50 }, run));
  expect(await countUsers(name)).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ replayed: _, ...answer }) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 201, headers: { location: expect.any(String) }, body: { secret: 'shown once' } });
});

it('answers a retry without a body as it did at first', async () => {
  const run = () => idempotency.run({ scope: 'a', key: 'empty', requestHash }, async () => ({ status: 204 }));
  expect(await run()).toEqual({ status: 204, replayed: false });
  expect(await run()).toEqual({ status: 204, replayed: true });
});

it('refuses the key with another request, and takes it from another principal', async () => {
  await idempotency.run({ scope: 'a', key: 'same', requestHash }, addUser('same'));
  const other = { scope: 'a', key: 'same', requestHash: Buffer.from('another request') };
  await expect(idempotency.run(other, addUser('same'))).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  expect(await countUsers('same')).toBe(1);
  expect(await idempotency.run({ ...other, scope: 'b' }, addUser('same'))).toMatchObject({ replayed: false });
});

it('leaves the key free, and nothing written, when the work fails', async () => {
  const request = { scope: 'a', key: 'failing', requestHash };
  const failing = idempotency.run(request, async (tx) => {
    await addUser('failing')(tx);
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(await countUsers('failing')).toBe(0);
  expect(await idempotency.run(request, addUser('failing'))).toMatchObject({ replayed: false });
});

it('remembers an answer for 24 hours to the millisecond, then forgets it', async () => {
  const request = { scope: 'a', key: 'old', requestHash };
  const start = now.getTime();
  await idempotency.run(request, addUser('old'));
  now = new Date(start + 24 * 3_600_000 - 1);
  expect(await idempotency.run(request, addUser('old'))).toMatchObject({ replayed: true });
  now = new Date(start + 24 * 3_600_000);
  expect(await idempotency.run({ ...request, requestHash: Buffer.from('new') }, addUser('old'))).toMatchObject({ replayed: false });
  expect(await countUsers('old')).toBe(2);
  now = new Date(now.getTime() + 24 * 3_600_000);
  expect(await idempotency.prune()).toBeGreaterThan(0);
  expect(await db.prisma.idempotencyKey.count()).toBe(0);
});

it('keeps no readable answer', async () => {
  await idempotency.run({ scope: 'a', key: 'sealed', requestHash }, addUser('sealed'));
  const { answer } = await db.prisma.idempotencyKey.findUniqueOrThrow({ where: { scope_key: { scope: 'a', key: 'sealed' } } });
  expect(Buffer.from(answer ?? []).includes('shown once')).toBe(false);
});

it('leaves the key free when the process is killed in the middle', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-db-'));
  try {
    const killed = startChild('idempotent-write', [test.url ?? dataDir]);
    await killed.said(/written/);
    await killed.kill();
    const after = test.url === undefined ? await openDatabase({ dataDir, log }) : db;
    const { run } = createIdempotency({ db: after, vault, clock: () => now });
    const request = { scope: 'child', key: 'k', requestHash: Buffer.from('h') };
    expect(await run(request, addUser('by the next'))).toMatchObject({ replayed: false });
    expect(await run(request, addUser('by the next'))).toMatchObject({ replayed: true });
    expect(await after.prisma.user.count({ where: { name: 'by a child' } })).toBe(0);
    if (after !== db) await after.close();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 60_000);
