import { EventEmitter, once } from 'node:events';
import { createVault, type Database } from '@gatehouse/db';
import { openCheckpointFile, verifyAudit } from '@gatehouse/service';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type StandaloneProcess, startProcess } from './testing/start-process.ts';

const DATA_KEY = '5a'.repeat(32);
let running: StandaloneProcess;

afterEach(() => running.remove());

/** One attempt at each dialect; half of them never reach a service. */
const TARGETS: readonly (readonly [path: string, init: RequestInit])[] = [
  ['/keys', {}],
  ['/api.php?cmd=getMember', {}],
  ['/api/v1/status.php', {}],
  ['/api/profile/info.json', {}],
  ['/api/', { method: 'POST' }],
  ['/admin/v1/users', {}],
  ['/keys', { method: 'PROPFIND' }],
  ['/admin/v1/users', { method: 'POST', body: 'x'.repeat(300_000), headers: { 'content-type': 'text/plain' } }],
];

interface Asking {
  /** Resolves when so many have been answered. */
  answered(count: number): Promise<void>;
  /** @returns the ids of the requests and when their answers were there */
  stop(): Promise<readonly (readonly [id: string, at: number])[]>;
}

/** Asks until told to stop, or until nobody is there. */
function keepAsking(baseUrl: string): Asking {
  const answers: (readonly [string, number])[] = [];
  const arrivals = new EventEmitter();
  let isOver = false;
  const ask = async (worker: number) => {
    for (let number = worker; !isOver; number += 1) {
      const id = `ask-${worker}-${number}`;
      const [path, { headers, ...init }] = TARGETS[number % TARGETS.length] ?? ['/', {}];
      try {
        const response = await fetch(baseUrl + path, { ...init, headers: { ...headers, 'x-request-id': id } });
        await response.arrayBuffer();
        answers.push([id, performance.now()]);
        arrivals.emit('answer');
      } catch (error) {
        if (error instanceof Error && String(Reflect.get(Object(error.cause), 'code')) === 'ECONNREFUSED') return;
      }
    }
  };
  const workers = Promise.all([0, 2, 4, 6].map(ask));
  return {
    async answered(count) {
      while (answers.length < count) await once(arrivals, 'answer');
    },
    async stop() {
      isOver = true;
      await workers;
      return answers;
    },
  };
}

async function idsIn(db: Database): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>`SELECT request_id AS id FROM audit_log`;
  return new Set(rows.map(({ id }) => id));
}

async function problemsOf(db: Database) {
  const outside = await openCheckpointFile(running.dataDir).read();
  const check = verifyAudit(db, createVault(Buffer.from(DATA_KEY, 'hex')), { outside });
  for (let step = await check.next(); ; step = await check.next()) if (step.done) return step.value.problems;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the audit log of a real process', () => {
  it('after SIGTERM has every attempt that was answered, those that the gateway refused too', async () => {
    running = await startProcess({ DATA_KEY });
    const asking = keepAsking(running.baseUrl);
    await asking.answered(4 * TARGETS.length);
    const code = await running.end('SIGTERM');
    const answered = await asking.stop();
    const db = await running.open();
    const ids = await idsIn(db);
    expect([code, running.output()]).toEqual([0, expect.stringContaining('ready')]);
    expect(answered.map(([id]) => id).filter((id) => !ids.has(id))).toEqual([]);
    expect(await problemsOf(db)).toEqual([]);
    const refused = await db.query<{ dialect: string; outcome: string; status: number }>`
      SELECT DISTINCT dialect, outcome, status FROM audit_log WHERE endpoint = 'gateway' ORDER BY dialect`;
    expect(refused).toEqual([
      { dialect: 'keys', outcome: 'METHOD_NOT_ALLOWED', status: 405 },
      { dialect: 'native', outcome: 'PAYLOAD_TOO_LARGE', status: 413 },
    ]);
  }, 60_000);

  it('after kill -9 misses nothing that was answered more than a second before', async () => {
    running = await startProcess({ DATA_KEY });
    const asking = keepAsking(running.baseUrl);
    await asking.answered(2 * TARGETS.length);
    await pause(1_100);
    const killedAt = performance.now();
    await running.end('SIGKILL');
    const answered = await asking.stop();
    const db = await running.open();
    const ids = await idsIn(db);
    const old = answered.filter(([, at]) => at < killedAt - 1_000);
    expect(old.length).toBeGreaterThanOrEqual(2 * TARGETS.length);
    expect(old.map(([id]) => id).filter((id) => !ids.has(id))).toEqual([]);
    expect(await problemsOf(db)).toEqual([]);
  }, 60_000);
});
