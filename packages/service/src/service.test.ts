import { hashToken, newToken } from '@gatehouse/auth';
import { type Attempt, createBatchWriter, ok, toRoutes } from '@gatehouse/http';
import { ADMIN_TOKEN, createTestDeps, startTestService, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditRow, chainMac } from './audit/audit-chain.ts';
import { endpointHost } from './deps.ts';
import { admitOperator } from './operator.ts';

let base: TestDeps;

beforeAll(async () => {
  base = await createTestDeps();
});

afterAll(() => base.close());

function attempt(requestId: string, extra: Partial<Attempt> = {}): Attempt {
  const at = base.clock();
  return {
    at,
    requestId,
    dialect: 'keys',
    endpoint: 'listKeys',
    method: 'GET',
    address: '203.0.113.7',
    status: 200,
    outcome: 'OK',
    durationMs: 1.5,
    ...extra,
  };
}

describe('createBatchWriter', () => {
  it('writes in order, in batches, and loses nothing when a write fails', async () => {
    const written: number[][] = [];
    let broken = true;
    const writer = createBatchWriter<number>({
      intervalMs: 60_000,
      maxItems: 3,
      maxWaiting: 10,
      write: async (items) => {
        if (broken) throw new Error('away');
        written.push([...items]);
      },
      onError: () => undefined,
    });
    for (const item of [1, 2, 3, 4]) writer.add(item);
    await writer.flush();
    broken = false;
    writer.add(5);
    await writer.close();
    expect(written).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('what is added while a write is under way is written by close', async () => {
    const written: number[] = [];
    const writer = createBatchWriter<number>({
      intervalMs: 60_000,
      maxItems: 2,
      maxWaiting: 10,
      write: async (items) => {
        await new Promise((resolve) => setImmediate(resolve));
        written.push(...items);
      },
      onError: () => undefined,
    });
    for (let item = 0; item < 7; item += 1) writer.add(item);
    await writer.close();
    expect(written).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('what is added while a batch is written waits until it fills one itself, or for a flush', async () => {
    const written: number[][] = [];
    let finish = () => {};
    const writer = createBatchWriter<number>({
      intervalMs: 60_000,
      maxItems: 3,
      maxWaiting: 10,
      write: (items) => {
        written.push([...items]);
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      onError: () => undefined,
    });
    const settle = async () => {
      finish();
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (const item of [1, 2, 3, 4]) writer.add(item);
    await settle();
    expect(written).toEqual([[1, 2, 3]]);
    for (const item of [5, 6]) writer.add(item);
    expect(written).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    writer.add(7);
    const flushed = writer.flush();
    await settle();
    await settle();
    await flushed;
    expect(written.slice(2)).toEqual([[7]]);
  });

  it('what is added while a batch is written is written when its time is up', async () => {
    const written: number[] = [];
    const writer = createBatchWriter<number>({
      intervalMs: 20,
      maxItems: 2,
      maxWaiting: 10,
      write: async (items) => void written.push(...items),
      onError: () => undefined,
    });
    for (const item of [1, 2, 3]) writer.add(item);
    for (let tries = 0; tries < 100 && written.length < 3; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(written).toEqual([1, 2, 3]);
    await writer.close();
  });
});

describe('audit', () => {
  it('rows are kept whole, counted by the minute, and chained so that each vouches for the one before', async () => {
    const { deps } = base;
    deps.audit.record(attempt('a-1', { principal: 'user:1', ownerId: 5, last4: 'NPQR' }));
    deps.audit.record(attempt('a-2', { status: 403, outcome: 'NOT_ALLOWED' }));
    deps.audit.record(attempt('a-3', { endpoint: 'ABCD-EFGH-JKLM-NPQR' }));
    await deps.audit.flush();
    const rows = await deps.db.prisma.auditEntry.findMany({ where: { requestId: { startsWith: 'a-' } }, orderBy: { seq: 'asc' } });
    expect(
      rows.map(({ requestId, endpoint, keyLast4, ownerId, durationMs }) => [requestId, endpoint, keyLast4, ownerId, durationMs]),
    ).toEqual([
      ['a-1', 'listKeys', 'NPQR', 5, 2],
      ['a-2', 'listKeys', null, null, 2],
      ['a-3', '****-****-****-NPQR', null, null, 2],
    ]);
    let before: Uint8Array = Buffer.alloc(32);
    for (const row of rows) {
      const columns: AuditRow = row;
      const expected = chainMac(columns, before, deps.vault.derive('audit-chain'));
      expect(Buffer.from(row.mac).equals(expected)).toBe(true);
      before = expected;
    }
    const counts = await deps.db.prisma.auditCount.findMany({ where: { dialect: 'keys' } });
    expect(counts).toMatchObject([{ requests: 3, refusals: 1 }]);
  });
});

describe('activity', () => {
  it('notes the last use of users and credentials, and never moves it back', async () => {
    const { deps, clock } = base;
    const user = await deps.db.prisma.user.create({ data: { name: 'A', email: 'activity@example.com' } });
    const credential = await deps.db.prisma.credential.create({
      data: { userId: user.id, kind: 'rest_api', secretHash: new Uint8Array(hashToken('x')), prefix: 'ghk_', last4: 'abcd' },
    });
    const now = clock();
    deps.activity.note(user.id, credential.id, now);
    deps.activity.note(user.id, null, new Date(now.getTime() - 5_000));
    deps.activity.note(999_999, 999_999, now);
    await deps.activity.flush();
    deps.activity.note(user.id, credential.id, new Date(now.getTime() - 5_000));
    await deps.activity.flush();
    expect((await deps.db.prisma.user.findUniqueOrThrow({ where: { id: user.id } })).lastActiveAt).toEqual(now);
    expect((await deps.db.prisma.credential.findUniqueOrThrow({ where: { id: credential.id } })).lastUsedAt).toEqual(now);
  });
});

it('a use that is noted while others are being written is written too', async () => {
  const { deps, clock } = base;
  const user = await deps.db.prisma.user.create({ data: { name: 'A', email: 'activity-2@example.com' } });
  const [first, second] = [clock(), new Date(clock().getTime() + 7)];
  deps.activity.note(user.id, null, first);
  const flushed = deps.activity.flush();
  deps.activity.note(user.id, null, second);
  await flushed;
  await deps.activity.flush();
  expect((await deps.db.prisma.user.findUniqueOrThrow({ where: { id: user.id } })).lastActiveAt).toEqual(second);
});

describe('admitOperator', () => {
  it('lets in the admin token and administrators whose sign-in passed two-step, and nobody else', async () => {
    const app = await startTestService({
      on: base,
      routes: (deps) =>
        toRoutes(
          [
            {
              name: 'who',
              method: 'GET',
              path: '/admin/v1/users',
              summary: 'Tells who calls.',
              admit: admitOperator(deps),
              replies: { 200: null },
              faults: [],
              handle: async ({ principal }) => ok(principal),
            },
          ],
          endpointHost(deps, 'native'),
        ),
    });
    const call = (token: string) => app.gateway.get('/admin/v1/users').set('authorization', `Bearer ${token}`);
    const sessionOf = async (data: { isAdmin?: boolean; isActive?: boolean; banned?: boolean }, factors: string[], expiresInMs = 1_000) => {
      const user = await base.deps.db.prisma.user.create({ data: { name: 'B', ...data } });
      const token = newToken('ghs_');
      await base.deps.db.prisma.userSession.create({
        data: {
          userId: user.id,
          tokenHash: new Uint8Array(hashToken(token)),
          factors,
          expiresAt: new Date(base.clock().getTime() + expiresInMs),
        },
      });
      return token;
    };
    expect((await call(ADMIN_TOKEN)).body.via).toBe('admin-token');
    expect((await call(await sessionOf({ isAdmin: true }, ['password', 'totp']))).body.via).toBe('user-session');
    const refusals = [
      [`${ADMIN_TOKEN}x`, 'BAD_CREDENTIAL'],
      [await sessionOf({ isAdmin: true }, ['password']), 'TWO_STEP_REQUIRED'],
      [await sessionOf({ isAdmin: true }, ['telegram']), 'TWO_STEP_REQUIRED'],
      [await sessionOf({}, ['password', 'totp']), 'NOT_ALLOWED'],
      [await sessionOf({ isAdmin: true, isActive: false }, ['password', 'totp']), 'BAD_CREDENTIAL'],
      [await sessionOf({ isAdmin: true, banned: true }, ['password', 'totp']), 'BAD_CREDENTIAL'],
      [await sessionOf({ isAdmin: true }, ['password', 'totp'], -1), 'BAD_CREDENTIAL'],
    ] as const;
    for (const [token, code] of refusals) expect((await call(token)).body.code).toBe(code);
    expect((await app.gateway.get('/admin/v1/users')).body.code).toBe('NO_CREDENTIAL');
    expect((await app.gateway.get(`/admin/v1/users?access_token=${ADMIN_TOKEN}`)).status).toBe(401);
    await app.close();
  });
});
