import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { makeWorld, type World } from '../black-box.ts';
import { allHealthy, compose, containersOf, deployment, execIn, readAdminToken } from './compose.ts';
import { runDocumented } from './documented-commands.ts';

const MINUTES_MS = 60_000;
const CHECKPOINT_MS = 15_000;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-compose-'));
const operator = supertest.agent(deployment.baseUrl).set('authorization', `Bearer ${deployment.adminToken}`);
let world: World;
let passcode: string;

beforeAll(async () => {
  await allHealthy(60_000);
  world = await makeWorld(operator);
  passcode = await makeVoucher('before');
}, 2 * MINUTES_MS);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await compose('up', '-d', '--scale', 'licensing=2', '--scale', 'accounts=2');
  await allHealthy(60_000);
}, 2 * MINUTES_MS);

async function callVouchers(action: string, body: object = {}) {
  const call = supertest(deployment.baseUrl).post('/api/');
  return call.send({ 'api-key': world.siteApiKey, action, ...body });
}

async function makeVoucher(username: string): Promise<string> {
  const { body } = await callVouchers('create_voucher', { username });
  return body.user.passcode;
}

/** Names and passcodes of the site's vouchers, as the documented list tells them. */
async function readVouchers(): Promise<Record<string, string>> {
  const { body } = await callVouchers('get_voucher_users');
  return Object.fromEntries(body.users.map((user: { username: string; password: string }) => [user.username, user.password]));
}

const readKey = async () => (await supertest(deployment.baseUrl).get(`/keys/${world.keyId}`).set('authorization', world.restApiKey)).status;

async function gatehouse(...args: string[]): Promise<string> {
  const [id = ''] = await containersOf('accounts');
  return (await execIn(id, ['gatehouse', ...args])).toString();
}

/** Nothing that `doctor` looks at is failing, and the audit log is as it was written. */
async function expectSound(): Promise<void> {
  const findings: { check: string; state: string; text: string }[] = JSON.parse(await gatehouse('doctor', '--json'));
  expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(await gatehouse('audit', 'verify')).toMatch(/are as they were written/);
}

describe('docker-compose: what docs/operations.md says, done', () => {
  it('every process leaves checkpoints of the audit log outside the database', async () => {
    // The calls that made the world: the first rows of a process are written half a second later, and vouched for at once.
    const deadline = Date.now() + CHECKPOINT_MS;
    let processes = new Set<string | undefined>();
    while (processes.size < 3 && Date.now() < deadline) {
      const [id = ''] = await containersOf('accounts');
      const log = (await execIn(id, ['cat', '/var/lib/gatehouse/audit-checkpoints.log'])).toString();
      const writers = log.split('\n').flatMap((line) => (line === '' ? [] : [String(JSON.parse(line).audit_checkpoint.writer)]));
      processes = new Set(writers.map((writer) => writer.split('-', 1)[0]));
    }
    expect(processes).toEqual(new Set(['licensing', 'accounts', 'hotspot']));
  });

  it(
    'a backup, everything lost with the server, a new server: all is back',
    async () => {
      await runDocumented('Back up, while all runs', folder);
      await makeVoucher('after');
      await compose('down', '-v');

      await runDocumented('On a new server, first put the secrets back', folder);
      const said = await runDocumented('Restore, there or where it was made', folder);

      expect(said).toMatch(/rows of .* are in the PostgreSQL/);
      await allHealthy(MINUTES_MS);
      expect(await readVouchers()).toEqual({ before: passcode });
      expect(await readKey()).toBe(200);
      await expectSound();
    },
    6 * MINUTES_MS,
  );

  it(
    'a damaged backup is refused, and nothing is changed',
    async () => {
      const whole = readFileSync(join(folder, 'gatehouse-backup.gz'));
      writeFileSync(join(folder, 'gatehouse-backup.gz'), whole.subarray(0, whole.length - 100));
      await expect(runDocumented('Restore, there or where it was made', folder)).rejects.toThrow(/not whole/);
      writeFileSync(join(folder, 'gatehouse-backup.gz'), whole);
      await compose('up', '-d');
      await allHealthy(MINUTES_MS);
      expect(await readVouchers()).toEqual({ before: passcode });
    },
    4 * MINUTES_MS,
  );

  it(
    'pg_dump and pg_restore in the same place',
    async () => {
      await runDocumented("PostgreSQL's own tools do as well", folder);
      await makeVoucher('later');
      await runDocumented('gatehouse.dump\n```\n', folder);
      await allHealthy(MINUTES_MS);
      expect(await readVouchers()).toEqual({ before: passcode });
      await expectSound();
    },
    4 * MINUTES_MS,
  );

  it(
    'a dump without its DATA_KEY: what is lost is what the page says, and all else works again',
    async () => {
      const fresh = { DATA_KEY_PREVIOUS_FILE: '' };
      Object.assign(process.env, fresh);
      await compose('down', '-v');
      await runDocumented('gatehouse.dump\n```\n', folder);
      await allHealthy(MINUTES_MS);
      const adminToken = await readAdminToken();
      operator.set('authorization', `Bearer ${adminToken}`);
      expect((await callVouchers('get_voucher_users')).status).toBe(500);
      expect(await gatehouse('doctor').catch(String)).toMatch(/lost without it: .*two-step secrets.* voucher passcodes.* signing keys/);

      await runDocumented('### Without the DATA_KEY', folder);

      await allHealthy(MINUTES_MS);
      expect([await readKey(), await readVouchers()]).toEqual([200, {}]);
      await makeVoucher('anew');
      const client = supertest(deployment.baseUrl);
      const verified = await client.post('/keys/verify').send({ key: world.licenceKey, hwid: 'machine' });
      const signedIn = await client.post('/accounts/v1/sign-in').send({ email: world.email, password: world.password });
      expect([verified.body.code, signedIn.status]).toEqual(['KEY_VALID', 200]);
      const findings: { check: string; state: string }[] = JSON.parse(await gatehouse('doctor', '--json'));
      expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
    },
    5 * MINUTES_MS,
  );
});
