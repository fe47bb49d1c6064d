import { setImmediate } from 'node:timers/promises';
import { Fault } from '@gatehouse/faults';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Prisma } from './generated/client.ts';
import { type Database, type Sql, UniqueViolation } from './index.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase({ databaseUrl: testServerUrl });
  db = test.db;
});
afterAll(() => test?.close());

const addUser = (name: string, on: Database = db) => on.prisma.user.create({ data: { name } });
const countUsers = (name: string) => db.prisma.user.count({ where: { name } });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a transaction', () => {
  it('leaves nothing behind when its work throws, and the error is the one thrown', async () => {
    const mistake = new TypeError('mine');
    await expect(
      db.tx(async (tx) => {
        await addUser('undone', tx);
        throw mistake;
      }),
    ).rejects.toBe(mistake);
    expect(await countUsers('undone')).toBe(0);
  });

  it('is one with a transaction inside it', async () => {
    await expect(
      db.tx(async (outer) => {
        await outer.tx((inner) => addUser('nested', inner));
        throw new Error('after the inner one');
      }),
    ).rejects.toThrow('after the inner one');
    expect(await countUsers('nested')).toBe(0);
  });

  it('does not pass for committed when a statement in it failed and nobody said so', async () => {
    await db.prisma.user.create({ data: { name: 'first', email: 'taken@example.com' } });
    const swallowed = db.tx(async (tx) => {
      await addUser('lost', tx);
      await tx.prisma.user.create({ data: { name: 'second', email: 'TAKEN@example.com' } }).catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow();
    expect(await countUsers('lost')).toBe(0);
    expect(await addUser('the connection is clean again')).toMatchObject({ id: expect.any(Number) });
  });

  it('keeps others out: 50 at once and 50 plain writes beside them, some rolled back, leave exactly what was committed', async () => {
    const failing = (index: number) => index % 5 === 0;
    const transactions = upTo(50).map((index) =>
      db
        .tx(async (tx) => {
          await addUser(`tx-${index}`, tx);
          await tx.query`SELECT 1`;
          await addUser(`tx-${index}`, tx);
          if (failing(index)) throw new Error('rolled back');
        })
        .catch(() => undefined),
    );
    const plain = upTo(50).map((index) => (index % 2 === 0 ? addUser('plain') : db.execute`INSERT INTO users (name) VALUES ('plain')`));
    await Promise.all([...transactions, ...plain]);
    expect(await countUsers('plain')).toBe(50);
    for (const index of upTo(50)) expect(await countUsers(`tx-${index}`)).toBe(failing(index) ? 0 : 2);
  });

  it('sees no half of another one', async () => {
    const { id } = await addUser('even');
    const pairs = upTo(20).map(() =>
      db.tx(async (tx) => {
        await tx.execute`UPDATE users SET credits = credits + 1 WHERE id = ${id}`;
        await tx.execute`UPDATE users SET credits = credits + 1 WHERE id = ${id}`;
      }),
    );
    const reads = upTo(40).map(async () => (await db.prisma.user.findUniqueOrThrow({ where: { id } })).credits.toNumber() % 2);
    const [seen] = await Promise.all([Promise.all(reads), Promise.all(pairs)]);
    expect(new Set(seen)).toEqual(new Set([0]));
    expect((await db.prisma.user.findUniqueOrThrow({ where: { id } })).credits.toNumber()).toBe(40);
  });
});

describe('a transaction of plain SQL', () => {
  const insert = (name: string, on: Sql) => on.execute`INSERT INTO users (name) VALUES (${name})`;

  it('leaves nothing behind when its work throws, and the error is the one thrown', async () => {
    const mistake = new TypeError('mine');
    await expect(
      db.sqlTx(async (tx) => {
        await insert('plainly undone', tx);
        throw mistake;
      }),
    ).rejects.toBe(mistake);
    expect(await countUsers('plainly undone')).toBe(0);
  });

  it('is one with transactions inside it, and with one around it', async () => {
    const nested = db.sqlTx(async (outer) => {
      await outer.sqlTx((inner) => insert('plainly nested', inner));
      throw new Error('after the inner one');
    });
    await expect(nested).rejects.toThrow('after the inner one');
    const around = db.tx(async (outer) => {
      await outer.sqlTx((inner) => insert('plainly nested', inner));
      throw new Error('after the inner one');
    });
    await expect(around).rejects.toThrow('after the inner one');
    expect(await countUsers('plainly nested')).toBe(0);
  });

  it('does not pass for committed when a statement in it failed and nobody said so', async () => {
    await db.prisma.user.create({ data: { name: 'first', email: 'plain@example.com' } });
    const swallowed = db.sqlTx(async (tx) => {
      await insert('plainly lost', tx);
      await tx.execute`INSERT INTO users (name, email) VALUES ('second', 'PLAIN@example.com')`.catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow();
    expect(await countUsers('plainly lost')).toBe(0);
    expect(await db.sqlTx((tx) => insert('the connection is clean again', tx))).toBe(1);
  });

  it('says why a statement in it failed', async () => {
    await db.prisma.user.create({ data: { name: 'first', email: 'once@example.com' } });
    const again = db.sqlTx((tx) => tx.execute`INSERT INTO users (name, email) VALUES ('second', 'ONCE@example.com')`);
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT', constraint: 'users_email_key' });
    await expect(db.sqlTx((tx) => tx.query`SELECT ${'a\u0000b'}::text`)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
    await expect(db.sqlTx((tx) => tx.query`SELEC 1`)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('keeps others out: 50 at once beside 50 plain writes and 20 of Prisma, some rolled back, leave exactly what was committed', async () => {
    const failing = (index: number) => index % 5 === 0;
    const transactions = upTo(50).map((index) =>
      db
        .sqlTx(async (tx) => {
          await insert(`sql-${index}`, tx);
          await tx.query`SELECT 1`;
          await insert(`sql-${index}`, tx);
          if (failing(index)) throw new Error('rolled back');
        })
        .catch(() => undefined),
    );
    const plain = upTo(50).map(() => insert('beside sql', db));
    const others = upTo(20).map(() => db.tx((tx) => addUser('beside sql', tx)));
    await Promise.all([...transactions, ...plain, ...others]);
    expect(await countUsers('beside sql')).toBe(70);
    for (const index of upTo(50)) expect(await countUsers(`sql-${index}`)).toBe(failing(index) ? 0 : 2);
  });

  it('runs no statement of its own once it has ended', async () => {
    const kept = await db.sqlTx(async (tx) => {
      await tx.query`SELECT 1`;
      return tx;
    });
    await expect(insert('too late', kept)).rejects.toThrow();
    expect(await countUsers('too late')).toBe(0);
  });

  it('that takes longer than it may is undone, its caller told, and its connection not used again', async () => {
    const late = db.sqlTx(
      async (tx) => {
        await insert('late', tx);
        for (;;) {
          await tx.query`SELECT 1`;
          // The embedded database leaves the clock no turn by itself.
          await setImmediate();
        }
      },
      { timeoutMs: 200 },
    );
    await expect(late).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    expect(await countUsers('late')).toBe(0);
    await Promise.all(upTo(20).map(() => db.sqlTx((tx) => tx.query`SELECT 1`)));
  });
});

describe('a failure of the database', () => {
  it('names the constraint of a row that must be unique, through Prisma and through SQL', async () => {
    await db.prisma.user.create({ data: { name: 'one', email: 'One@example.com' } });
    const again = { name: 'two', email: 'one@EXAMPLE.com' };
    const failures = [
      db.prisma.user.create({ data: again }),
      db.execute`INSERT INTO users (name, email) VALUES (${again.name}, ${again.email})`,
      db.tx((tx) => tx.execute`INSERT INTO users (name, email) VALUES (${again.name}, ${again.email})`),
    ];
    for (const failure of await Promise.allSettled(failures)) {
      expect(failure).toMatchObject({ status: 'rejected', reason: { code: 'CONFLICT', constraint: 'users_email_key' } });
      expect(failure.status === 'rejected' && failure.reason).toBeInstanceOf(UniqueViolation);
    }
  });

  it('names the constraint of a row that points nowhere', async () => {
    const pointing = db.prisma.licenceKey.create({ data: { keyValue: 'AAAA-BBBB-CCCC-0000', userId: 2_000_000_000 } });
    await expect(pointing).rejects.toMatchObject({ code: 'CONFLICT', constraint: 'licence_keys_user_id_fkey' });
  });

  it.each([
    ['a text with a NUL', (name: string) => addUser(name), 'a\u0000b'],
    ['a text with a NUL in SQL', (name: string) => db.query`SELECT ${name}::text`, 'a\u0000b'],
    ['a number too large', (id: string) => db.query`SELECT ${id}::int`, '99999999999'],
    ['what is no address', (address: string) => db.query`SELECT ${address}::inet`, 'nowhere'],
  ])('blames the caller for %s', async (_what, send, value) => {
    await expect(send(value)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
  });

  it('says that the row to change is gone', async () => {
    await expect(db.prisma.user.update({ where: { id: 2_000_000_000 }, data: { name: 'x' } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['SQL', () => db.query`SELECT no_such_column FROM users`],
    ['Prisma', () => db.prisma.$queryRawUnsafe('SELEC 1')],
    ['a check', () => db.execute`INSERT INTO plans VALUES ('x', 0, 0)`],
  ])('is ours to answer for when %s is wrong, and shows nothing of it', async (_what, send) => {
    const failure = await send().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Fault);
    expect(failure).toMatchObject({ code: 'INTERNAL', options: { cause: expect.objectContaining({ message: expect.any(String) }) } });
    expect(failure instanceof Fault && failure.options.detail).toBeUndefined();
  });
});

describe('what is read', () => {
  const moment = new Date('2024-02-29T23:59:59.987Z');

  it('is of the same types through Prisma, SQL and SQL in a transaction', async () => {
    const { id } = await db.prisma.user.create({
      data: {
        name: 'typed',
        credits: '12.50',
        telegramId: 9_007_199_254_740_993n,
        totpSecret: new Uint8Array([0, 1, 255]),
        createdAt: moment,
      },
    });
    const select = Prisma.sql`
      SELECT id, credits, telegram_id, totp_secret, created_at, membership, banned, email,
        ARRAY[1, 2]::bigint[] AS longs, ARRAY['a,"b', NULL]::text[] AS texts, ARRAY[1.5]::numeric[] AS decimals,
        '{"a": [1]}'::jsonb AS json, 1.5::float8 AS float, count(*) OVER () AS total, '2024-02-29'::date AS day
      FROM users WHERE id = ${id}`;
    const expected = {
      id,
      credits: new Prisma.Decimal('12.5'),
      telegram_id: 9_007_199_254_740_993n,
      totp_secret: new Uint8Array([0, 1, 255]),
      created_at: moment,
      membership: 'free',
      banned: false,
      email: null,
      longs: [1n, 2n],
      texts: ['a,"b', null],
      decimals: [new Prisma.Decimal('1.5')],
      json: { a: [1] },
      float: 1.5,
      total: 1n,
      day: new Date('2024-02-29T00:00:00Z'),
    };
    expect(await db.query(select)).toEqual([expected]);
    expect(await db.tx((tx) => tx.query(select))).toEqual([expected]);
    expect(await db.sqlTx((tx) => tx.query(select))).toEqual([expected]);
    const stored = await db.prisma.user.findUniqueOrThrow({ where: { id } });
    expect([stored.credits, stored.telegramId, stored.totpSecret, stored.createdAt]).toEqual([
      expected.credits,
      expected.telegram_id,
      expected.totp_secret,
      expected.created_at,
    ]);
  });

  it('is what was written, whichever way it was written', async () => {
    const credits = new Prisma.Decimal('0.10');
    const bytes = new Uint8Array([7, 0, 9]);
    const insert = Prisma.sql`
      INSERT INTO users (name, credits, totp_secret, created_at, telegram_id, is_admin)
      VALUES ('written', ${credits}, ${bytes}, ${moment}, ${5n + BigInt(Date.now())}, ${true}) RETURNING id`;
    const ids = [...(await db.query<{ id: number }>(insert))];
    await db.execute`UPDATE users SET telegram_id = NULL WHERE name = 'written'`;
    ids.push(...(await db.tx((tx) => tx.query<{ id: number }>(insert))));
    await db.execute`UPDATE users SET telegram_id = NULL WHERE name = 'written'`;
    ids.push(...(await db.sqlTx((tx) => tx.query<{ id: number }>(insert))));
    for (const { id } of ids) {
      expect(await db.prisma.user.findUniqueOrThrow({ where: { id } })).toMatchObject({
        credits,
        totpSecret: bytes,
        createdAt: moment,
        isAdmin: true,
      });
    }
  });

  it('takes lists, parts of statements and counts', async () => {
    await Promise.all(upTo(3).map((index) => addUser(`list-${index}`)));
    const names = ['list-0', 'list-2'];
    expect(await db.query<{ n: bigint }>`SELECT count(*) AS n FROM users WHERE name = ANY(${names})`).toEqual([{ n: 2n }]);
    expect(await db.query<{ n: bigint }>`SELECT count(*) AS n FROM users WHERE name IN (${Prisma.join(names)})`).toEqual([{ n: 2n }]);
    expect(await db.execute`DELETE FROM users WHERE name LIKE 'list-%'`).toBe(3);
  });
});

it('answers a ping', async () => {
  await expect(db.ping()).resolves.toBeUndefined();
});
