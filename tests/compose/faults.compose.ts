import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { makeWorld, type World } from '../black-box.ts';
import { allContainersHealthy, allHealthy, containersOf, deployment, docker, eventually } from './compose.ts';
import { type LoadReport, startLoad } from './load.ts';

const RECOVERY_MS = 30_000;
const MINUTES_MS = 60_000;
/** The gateway's own limits, 5 s for a place and 10 s for an answer, and a little for this machine. */
const TIME_LIMIT_MS = 18_000;
let world: World;

beforeAll(async () => {
  await allHealthy(60_000);
  const operator = supertest.agent(deployment.baseUrl).set('authorization', `Bearer ${deployment.adminToken}`);
  world = await makeWorld(operator);
  await supertest(deployment.baseUrl).post('/sessions').send({ key: world.licenceKey, hwid: 'machine' }).expect(201);
}, 2 * MINUTES_MS);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs `trouble` under load, waits until all is well again, and reports what the callers met. */
async function under(trouble: () => Promise<void>): Promise<LoadReport> {
  const load = startLoad(world);
  await pause(1_500);
  await trouble();
  await allHealthy(RECOVERY_MS);
  await allContainersHealthy(RECOVERY_MS);
  await pause(1_500);
  return load.stop();
}

async function expectNothingLost({ keys, vouchers, undocumented }: LoadReport): Promise<void> {
  expect(undocumented).toEqual([]);
  expect(keys.length).toBeGreaterThan(0);
  const get = (path: string) => fetch(deployment.baseUrl + path, { headers: { authorization: world.restApiKey } });
  for (const key of keys) expect([key, (await get(`/keys/${key}`)).status]).toEqual([key, 200]);
  const list = await supertest(deployment.baseUrl).post('/api/').send({ 'api-key': world.siteApiKey, action: 'get_voucher_users' });
  const there = new Set(list.body.users.map(({ username }: { username: string }) => username));
  expect(vouchers.filter((voucher) => !there.has(voucher))).toEqual([]);
}

/** Stops (or continues) the processes of a service where they stand: they keep their connections and answer nothing. */
async function freeze(service: string, signal: 'STOP' | 'CONT'): Promise<void> {
  for (const id of await containersOf(service)) await docker('kill', '--signal', signal, id);
}

async function isHealthy(id: string): Promise<boolean> {
  return (await docker('inspect', '-f', '{{.State.Health.Status}}', id)) === 'healthy';
}

describe('docker-compose under faults: every reply is documented, no acknowledged write is lost, all heals by itself', () => {
  it.each(['licensing', 'accounts', 'hotspot', 'redis', 'postgres', 'freeradius', 'caddy'])(
    '%s is stopped and started',
    async (service) => {
      const ids = await containersOf(service);
      const report = await under(async () => {
        for (const id of ids) await docker('stop', id);
        await pause(2_000);
        for (const id of ids) await docker('start', id);
      });
      await expectNothingLost(report);
    },
    3 * MINUTES_MS,
  );

  it(
    'the gateway is stopped and started: while it is away nobody answers, and no answer is a wrong one',
    async () => {
      const ids = await containersOf('gateway');
      const report = await under(async () => {
        for (const id of ids) await docker('stop', id);
        await pause(2_000);
        for (const id of ids) await docker('start', id);
      });
      expect(report.undocumented.filter((what) => !/ no reply: TypeError: fetch failed /.test(what))).toEqual([]);
      await expectNothingLost({ ...report, undocumented: [] });
    },
    3 * MINUTES_MS,
  );

  it('what runs once may run again beside everything else: init and migrate find their work done', async () => {
    for (const service of ['init', 'migrate']) {
      for (const id of await containersOf(service, 'all')) {
        await docker('start', '-a', id);
        expect([service, await docker('inspect', '-f', '{{.State.ExitCode}}', id)]).toEqual([service, '0']);
      }
    }
    await allHealthy(RECOVERY_MS);
  }, 60_000);

  it.each(['postgres', 'licensing'])(
    '%s is killed with -9',
    async (service) => {
      const [id = ''] = await containersOf(service);
      const report = await under(async () => {
        execFileSync('kill', ['-9', await docker('inspect', '-f', '{{.State.Pid}}', id)]);
        const isRunning = async () => (await docker('inspect', '-f', '{{.State.Running}}', id)) === 'true';
        await eventually(`${service} runs again`, RECOVERY_MS, isRunning);
      });
      await expectNothingLost(report);
    },
    3 * MINUTES_MS,
  );

  it(
    'redis is paused: nobody notices more than a moment',
    async () => {
      const report = await under(async () => {
        await freeze('redis', 'STOP');
        await pause(4_000);
        await freeze('redis', 'CONT');
      });
      await expectNothingLost(report);
      expect(report.refusals).toEqual([]);
    },
    3 * MINUTES_MS,
  );

  it.each(['licensing', 'accounts', 'hotspot'])(
    '%s is paused: the gateway answers within its time limit',
    async (service) => {
      const report = await under(async () => {
        await freeze(service, 'STOP');
        await pause(12_000);
        await freeze(service, 'CONT');
      });
      await expectNothingLost(report);
      expect(report.refusals.length).toBeGreaterThan(0);
      expect(report.slowestMs).toBeLessThan(TIME_LIMIT_MS);
    },
    3 * MINUTES_MS,
  );

  it(
    'a service that takes nothing more is told so at once, in the words of the dialect',
    async () => {
      await freeze('licensing', 'STOP');
      const startedAt = performance.now();
      const paths = ['/keys/public-key', `/api.php?key=${world.licenceKey}&cmd=getMember`];
      const calls = Array.from({ length: 1_400 }, async (_, index) => {
        const response = await fetch(deployment.baseUrl + paths[index % paths.length]);
        const body: unknown = await response.json();
        return { index, status: response.status, retryAfter: response.headers.get('retry-after'), body };
      });
      const answers = await Promise.all(calls);
      const tookMs = performance.now() - startedAt;
      await freeze('licensing', 'CONT');
      await allHealthy(RECOVERY_MS);
      const failed = answers.filter(({ status }) => status !== 200);
      for (const { index, status, body } of failed) {
        expect([502, 503, 504]).toContain(status);
        if (index % 2 === 0) expect(body).toEqual({ error: expect.any(String), code: 'UNAVAILABLE' });
        else expect(body).toEqual({ code: status, status, message: expect.any(String) });
      }
      const refused = failed.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(1_000);
      expect(new Set(refused.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1']));
      // Those that waited in the line are not kept waiting for all before them.
      expect(tookMs).toBeLessThan(TIME_LIMIT_MS);
    },
    3 * MINUTES_MS,
  );

  it(
    'a rolling restart of every service loses no request',
    async () => {
      const report = await under(async () => {
        for (const service of ['licensing', 'accounts', 'hotspot']) {
          for (const id of await containersOf(service)) {
            await docker('restart', '-t', '30', id);
            await eventually(`${service} is healthy again`, MINUTES_MS, () => isHealthy(id));
          }
        }
      });
      expect(report.refusals).toEqual([]);
      await expectNothingLost(report);
    },
    5 * MINUTES_MS,
  );
});

describe('docker-compose with two processes of a service', () => {
  it(
    'a revocation is felt by every process before its reply',
    async () => {
      const operator = supertest.agent(deployment.baseUrl).set('authorization', `Bearer ${deployment.adminToken}`);
      for (let round = 0; round < 20; round += 1) {
        const { body } = await operator
          .post(`/admin/v1/users/${world.userId}/credentials`)
          .send({ kind: 'rest-api', scopes: ['rest-api:read'] });
        const ask = () =>
          Promise.all(
            Array.from({ length: 8 }, () =>
              fetch(`${deployment.baseUrl}/keys`, { headers: { authorization: body.secret } }).then(({ status }) => status),
            ),
          );
        expect(new Set(await ask())).toEqual(new Set([200]));
        await operator.delete(`/admin/v1/credentials/${body.id}`);
        expect(new Set(await ask())).toEqual(new Set([401]));
      }
    },
    MINUTES_MS,
  );

  it(
    'a limit is exact over both',
    async () => {
      const operator = supertest.agent(deployment.baseUrl).set('authorization', `Bearer ${deployment.adminToken}`);
      const { body: user } = await operator
        .post('/admin/v1/users')
        .send({ name: 'Limited', email: `limited-${Date.now()}@example.com`, rate_limit: 100, rate_limit_window: 3600 });
      const { body } = await operator.post(`/admin/v1/users/${user.id}/credentials`).send({ kind: 'phpstrap' });
      const calls = Array.from({ length: 150 }, () =>
        fetch(`${deployment.baseUrl}/api/v1/me.php?api_key=${body.secret}`).then(({ status }) => status),
      );
      const statuses = await Promise.all(calls);
      expect([statuses.filter((status) => status === 200).length, statuses.filter((status) => status === 429).length]).toEqual([100, 50]);
    },
    MINUTES_MS,
  );
});
