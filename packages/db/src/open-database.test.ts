import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase, type Sql } from './index.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { testServerUrl } from './testing/test-server.ts';

const log = { info: () => undefined, warn: () => undefined };
const onPostgres = testServerUrl === undefined ? describe.skip : describe;

it('says that a place is missing', async () => {
  await expect(openDatabase({ log })).rejects.toThrow('Either a database URL or a data directory is needed.');
});

it('waits for no PostgreSQL to open, and says that it is down in under 2 s', async () => {
  const db = await openDatabase({ databaseUrl: 'postgres://nobody@127.0.0.1:9/none', log });
  await expect(db.ping()).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
  await expect(db.prisma.user.count()).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
  await expect(db.tx((tx) => tx.prisma.user.count())).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
  await db.close();
});

onPostgres('when PostgreSQL goes away and comes back', () => {
  let test: TestDatabase;
  let relay: Relay;
  let db: Database;

  beforeAll(async () => {
    test = await createTestDatabase({ databaseUrl: testServerUrl });
  });
  afterAll(() => test?.close());
  beforeEach(async () => {
    relay = await startRelay(new URL(test.url ?? ''));
    db = await openDatabase({ databaseUrl: relay.url, log, poolSize: 5 });
  });
  afterEach(async () => {
    await relay.stop();
    await db.close();
  });

  const calls = (): Promise<unknown>[] => [
    db.query`SELECT 1`,
    db.execute`SELECT 1`,
    db.prisma.user.count(),
    db.tx(async (tx) => [await tx.query`SELECT 1`, await tx.prisma.user.count()]),
    db.sqlTx(async (tx) => [await tx.query`SELECT 1`, await tx.execute`SELECT 1`]),
  ];

  it('every call fails as DATABASE_DOWN meanwhile, and works again afterwards, without a hand', async () => {
    await Promise.all(calls());
    await relay.stop();
    for (let round = 0; round < 3; round += 1) {
      for (const result of await Promise.allSettled(calls())) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_DOWN' } });
      }
    }
    await relay.start();
    // Connections that broke unnoticed are found out by their next use, at most once each.
    for (let round = 0; round < 4; round += 1) await Promise.allSettled(calls());
    await Promise.all(calls());
  });

  it('a transaction that was open is rolled back, and its caller told', async () => {
    const open = db.tx(async (tx) => {
      await tx.prisma.user.create({ data: { name: 'cut off' } });
      await relay.stop();
      await tx.prisma.user.create({ data: { name: 'cut off' } });
    });
    await expect(open).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    expect(await test.db.prisma.user.count({ where: { name: 'cut off' } })).toBe(0);
  });

  it('a transaction of plain SQL that was open is rolled back, and its caller told, whether it went on or only ended', async () => {
    const insert = (on: Sql) => on.execute`INSERT INTO users (name) VALUES ('plainly cut off')`;
    const open = db.sqlTx(async (tx) => {
      await insert(tx);
      await relay.stop();
      await insert(tx);
    });
    await expect(open).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    await relay.start();
    const ending = db.sqlTx(async (tx) => {
      await insert(tx);
      await relay.stop();
    });
    await expect(ending).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    await relay.start();
    expect(await db.sqlTx((tx) => tx.query`SELECT 1 FROM users WHERE name = 'plainly cut off'`)).toEqual([]);
  });

  it('a transaction of plain SQL that hears nothing any more ends when its time is up, and others go on', async () => {
    await db.sqlTx((tx) => tx.query`SELECT 1`);
    const start = performance.now();
    const muted = db.sqlTx(
      async (tx) => {
        relay.mute();
        await tx.query`SELECT 1`;
      },
      { timeoutMs: 300 },
    );
    await expect(muted).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(db.pool?.()).toMatchObject({ waiting: 0, total: 0 });
  });

  it('a transaction of plain SQL is over when the server ends its connection, even if the end itself is not heard', async () => {
    relay.hold();
    const start = performance.now();
    const cut = expect(db.sqlTx((tx) => tx.query`SELECT pg_sleep(20)`)).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    const end = () => test.db.query`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid()`;
    while ((await end()).length === 0);
    await cut;
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(db.pool?.()).toMatchObject({ waiting: 0, total: 0 });
  });

  it('connections that the server ends, at work or at rest, are replaced', async () => {
    await Promise.all(calls());
    const asleep = db.query`SELECT pg_sleep(20)`;
    const ended = expect(asleep).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    const end = () => test.db.query`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`;
    while ((await end()).length === 0);
    await ended;
    await test.db.query`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle' AND pid <> pg_backend_pid()`;
    await Promise.allSettled(calls());
    await Promise.all(calls());
  });

  it('a ping to a server that says nothing ends within its 2 s', async () => {
    await db.ping();
    relay.mute();
    const start = performance.now();
    await expect(db.ping()).rejects.toMatchObject({ code: 'DATABASE_DOWN' });
    expect(performance.now() - start).toBeLessThan(3_500);
  });

  it('too many connections is DATABASE_DOWN, not an error of ours', async () => {
    await test.db.execute`CREATE ROLE few LOGIN CONNECTION LIMIT 1`.catch(() => undefined);
    const url = new URL(test.url ?? '');
    url.username = 'few';
    const few = await openDatabase({ databaseUrl: url.href, log, poolSize: 5 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => few.query`SELECT pg_sleep(0.2)`));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'DATABASE_DOWN' });
    await few.close();
  });
});

onPostgres('two transactions that lock each other out', () => {
  it.each(['tx', 'sqlTx'] as const)('are both done in the end: %s', async (kind) => {
    const test = await createTestDatabase({ databaseUrl: testServerUrl });
    const [a, b] = [await test.db.prisma.user.create({ data: { name: 'a' } }), await test.db.prisma.user.create({ data: { name: 'b' } })];
    const add = (on: Sql, id: number) => on.execute`UPDATE users SET credits = credits + 1 WHERE id = ${id}`;
    let runs = 0;
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const crossing = (first: number, second: number) =>
      test.db[kind](async (tx: Sql) => {
        await add(tx, first);
        runs += 1;
        if (runs === 2) meet();
        await met;
        await add(tx, second);
      });
    await Promise.all([crossing(a.id, b.id), crossing(b.id, a.id)]);
    expect(runs).toBe(3);
    const users = await test.db.prisma.user.findMany();
    expect(users.map(({ credits }) => credits.toNumber())).toEqual([2, 2]);
    await test.close();
  });
});

interface Relay {
  readonly url: string;
  start(): Promise<void>;
  /** Ends every connection and refuses new ones. */
  stop(): Promise<void>;
  /** Passes nothing on any more, on connections that stay open. */
  mute(): void;
  /** Keeps the server's end of a connection to itself, on connections that are made from now on. */
  hold(): void;
}

/** Stands between the package and the server, so that the server can go away for one suite alone. */
async function startRelay(target: URL): Promise<Relay> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let isHeld = false;
  const accept = (client: Socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client, { end: !isHeld });
  };
  const start = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server = createServer(accept).once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server?.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  const port = await start(0);
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    start: async () => void (await start(port)),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        if (server?.listening) server.close(() => resolve());
        else resolve();
      }),
    mute: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    hold: () => {
      isHeld = true;
    },
  };
}
