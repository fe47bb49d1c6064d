import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from './testing/start-server.ts';
import { createTestCli } from './testing/test-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
const dataDir = join(folder, 'data');
const file = (name: string) => join(folder, name);
let server: TestServer;
let run: ReturnType<typeof createTestCli>;
let token = '';

beforeAll(async () => {
  server = await startServer(dataDir);
  run = createTestCli({ GATEHOUSE_URL: server.url, DATA_DIR: dataDir });
  token = readFileSync(join(dataDir, 'secrets/admin-token'), 'utf8').trim();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command that must work; gives its JSON. */
async function ask(...args: string[]) {
  const outcome = await run([...args, '--json']);
  expect({ args, code: outcome.code, errors: outcome.code === 0 ? '' : outcome.errors }).toEqual({ args, code: 0, errors: '' });
  return Object(outcome.output === '' ? {} : outcome.json());
}

describe('users', () => {
  it('are made, listed, changed, banned and deleted', async () => {
    const { id } = await ask(
      'users',
      'create',
      '--name',
      'Ann',
      '--email',
      'ann@example.com',
      '--membership',
      'premium',
      '--credits',
      '5.5',
    );
    expect(await ask('users', 'show', `${id}`)).toMatchObject({
      name: 'Ann',
      membership: { status: 'premium', expires_at: null },
      credits: 5.5,
    });
    expect(await ask('users', 'update', `${id}`, '--email', 'none', '--active', 'off')).toMatchObject({ email: null, is_active: false });
    expect(await ask('users', 'ban', `${id}`, '--reason', 'spam')).toMatchObject({ banned: true, ban_reason: 'spam' });
    expect(await ask('users', 'unban', `${id}`)).toMatchObject({ banned: false, ban_reason: null });
    expect(await ask('users', 'list', '--search', 'ann')).toMatchObject([{ id }]);
    expect(await run(['users', 'delete', `${id}`])).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') });
    await ask('users', 'delete', `${id}`, '--yes');
    expect(await run(['users', 'show', `${id}`])).toMatchObject({ code: 1, errors: 'gatehouse: User not found [NOT_FOUND]\n' });
  });

  it('take a password from the input, and never from the command line', async () => {
    const created = await run(['users', 'create', '--name', 'Bob', '--email', 'bob@example.com', '--password-file', '-', '--json'], {
      input: 'a long password\n',
    });
    expect(created.code).toBe(0);
    const body = JSON.stringify({ email: 'bob@example.com', password: 'a long password' });
    const signIn = await fetch(`${server.url}/accounts/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(signIn.status).toBe(200);
  });

  it('a wrong value is told with the name of its parameter', async () => {
    const outcome = await run(['users', 'create', '--name', 'X', '--email', 'nobody']);
    expect(outcome).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('email must be an e-mail address') });
  });
});

describe('keys, sites and the rest', () => {
  it('an operator makes keys for a seller without leaving a credential behind; a seller uses their own', async () => {
    const { id } = await ask('users', 'create', '--name', 'Seller');
    const { secret } = await ask('credentials', 'create', `${id}`, '--kind', 'rest-api', '--scopes', 'rest-api:*');
    writeFileSync(file('api-key'), `${secret}\n`, { mode: 0o600 });
    const provider = await (
      await fetch(`${server.url}/providers`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Shop' }),
      })
    ).json();
    const providerId = String(Object(provider).provider.id);
    const made = await ask('keys', 'create', '--seller', `${id}`, '--provider', providerId, '--name', 'one', '--hwid-limit', '2');
    expect(made).toMatchObject({ key_name: 'one', hwid_limit: 2, status: 'unused' });
    expect(await ask('keys', 'batch', '3', '--api-key-file', file('api-key'), '--provider', providerId)).toHaveLength(3);
    expect(await ask('keys', 'list', '--seller', `${id}`, '--limit', '3')).toHaveLength(3);
    expect(await ask('credentials', 'list', `${id}`)).toHaveLength(1);
    expect(await ask('keys', 'verify', made.key_value, '--hwid', 'machine')).toMatchObject({ valid: true });
    const wrong = await run(['keys', 'verify', '-', '--json'], { input: 'AAAA-AAAA-AAAA-AAAA\n' });
    expect([wrong.code, wrong.json()]).toEqual([5, expect.objectContaining({ valid: false, code: 'KEY_NOT_FOUND' })]);
    expect(await run(['keys', 'list'])).toMatchObject({ code: 2, errors: expect.stringContaining('--seller') });
  });

  it('sites, their keys and their access points', async () => {
    const site = await ask(
      'sites',
      'create',
      '--name',
      'Café',
      '--timezone',
      'Europe/Oslo',
      '--api',
      'on',
      '--get-allowed',
      '10.0.0.0/8,192.0.2.1',
    );
    expect(site).toMatchObject({ api_enabled: true, get_allowed_cidrs: ['10.0.0.0/8', '192.0.2.1'] });
    const key = await ask('sites', 'key', 'create', `${site.id}`);
    expect(key.secret).toMatch(/^gsk_/);
    const nas = await ask('sites', 'nas', 'create', `${site.id}`, '--name', 'ap', '--address', '192.0.2.9');
    expect(await ask('sites', 'nas', 'list', `${site.id}`)).toMatchObject([{ id: nas.id, address: '192.0.2.9' }]);
    await ask('sites', 'key', 'revoke', `${site.id}`, `${key.id}`);
    expect(await ask('sites', 'key', 'list', `${site.id}`)).toEqual([]);
    await ask('sites', 'nas', 'delete', `${site.id}`, `${nas.id}`);
    expect(await ask('sites', 'update', `${site.id}`, '--retention-days', '30')).toMatchObject({ retention_days: 30 });
    expect(await ask('sites', 'update', `${site.id}`, '--retention-days', 'none')).toMatchObject({ retention_days: null });
  });

  it('settings are read and set in their own types', async () => {
    expect(
      await ask('settings', 'set', 'session_hours=24', 'phpstrap_enabled=false', 'cors_origins=https://a.example,https://b.example'),
    ).toMatchObject({
      session_hours: 24,
      phpstrap_enabled: false,
      cors_origins: ['https://a.example', 'https://b.example'],
    });
    expect(await run(['settings', 'get', 'session_hours'])).toMatchObject({ code: 0, output: '24\n' });
    expect(await ask('settings', 'set', 'cors_origins=', 'phpstrap_enabled=true')).toMatchObject({
      cors_origins: [],
      phpstrap_enabled: true,
    });
    expect((await run(['settings', 'set', 'session_hours=soon'])).code).toBe(2);
    expect((await run(['settings', 'set', 'nonsense=1'])).code).toBe(2);
    expect(Object.keys(await ask('overview'))).toEqual(expect.arrayContaining(['keys', 'users', 'requests']));
  });

  it('the audit log is read, followed back to who did it, and checked', async () => {
    await ask('users', 'list');
    const rows = await ask('audit', 'tail', '-n', '1', '--endpoint', 'listUsers');
    expect(rows).toMatchObject([{ endpoint: 'listUsers', principal: 'operator', outcome: 'OK' }]);
    expect(await ask('audit', 'verify')).toMatchObject({ problems: [], key_unknown: false });
    const here = await run(['audit', 'verify', '--checkpoints', join(dataDir, 'audit-checkpoints.log')]);
    expect(here).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+ rows of \d+ writers are as they were written\.\n$/) });
    expect((await run(['audit', 'verify', '--checkpoints', file('api-key')])).code).toBe(2);
  });
});

describe('what scripts rely on', () => {
  it('exit codes tell wrong usage, no server and no access apart', async () => {
    writeFileSync(file('wrong-token'), 'x'.repeat(40));
    const codes = async (...lines: string[][]) => Promise.all(lines.map(async (args) => (await run(args)).code));
    expect(
      await codes(
        ['nonsense'],
        ['users', 'show', 'x'],
        ['users', 'list', '--limit', '0'],
        ['users', 'list', '--token-file', file('missing')],
      ),
    ).toEqual([2, 2, 2, 2]);
    expect(await codes(['users', 'list', '--token-file', file('wrong-token')])).toEqual([4]);
    expect(await codes(['users', 'list', '--url', 'http://127.0.0.1:9'], ['users', 'list', '--url', 'not a url'])).toEqual([3, 2]);
    expect((await run(['users', 'list'], { env: { PORT: 'many' } })).code).toBe(2);
    expect(await codes(['--help'], ['--version'], ['users', '--help'])).toEqual([0, 0, 0]);
  });

  it('off a terminal there are plain columns; on one a table; control characters reach neither', async () => {
    const { id } = await ask('users', 'create', '--name', 'Esc\u001b[31mape');
    const plain = await run(['users', 'list', '--search', 'ape']);
    const [head, row] = plain.output.split('\n');
    expect(head?.split('\t')[0]).toBe('ID');
    expect(row?.split('\t').slice(0, 2)).toEqual([String(id), 'Esc [31mape']);
    const table = await run(['users', 'list', '--search', 'ape'], { isTerminal: true });
    expect(table.output).toMatch(/^ID +NAME/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(plain.output + table.output).not.toMatch(/[\u001b\u0007]/);
  });

  it('the operator’s token is shown nowhere', async () => {
    for (const args of [['doctor'], ['users', 'list'], ['users', 'list', '--url', 'http://127.0.0.1:9'], ['settings', 'get']]) {
      const { output, errors } = await run(args);
      expect(output + errors).not.toContain(token);
    }
  });

  it('the program runs by its own file', () => {
    const bin = join(import.meta.dirname, '../bin/gatehouse.mjs');
    const env = { PATH: process.env.PATH, GATEHOUSE_URL: server.url, DATA_DIR: dataDir };
    const { status, stdout } = spawnSync(process.execPath, [bin, 'settings', 'get', 'audit_retention_days'], { env, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '90\n']);
  });
});

describe('CSV', () => {
  it('of users goes out harmless to spreadsheets and comes back in as it was', async () => {
    const { id } = await ask('users', 'create', '--name', '=HYPERLINK("http://x")', '--email', 'formula@example.com', '--company', "'-1");
    await ask('users', 'export', file('users.csv'));
    const csv = readFileSync(file('users.csv'), 'utf8');
    expect(csv).toContain(`,"'=HYPERLINK(""http://x"")",formula@example.com,''-1,`);
    expect(statSync(file('users.csv')).mode & 0o077).toBe(0);
    expect((await run(['users', 'export', file('users.csv')])).code).toBe(2);
    expect((await run(['users', 'export', '-'])).output).toContain('formula@example.com');
    await ask('users', 'delete', `${id}`, '--yes');
    const [head = ''] = csv.split('\n');
    writeFileSync(file('one.csv'), `\ufeff${head}\n${csv.split('\n').find((line) => line.includes('formula@'))}\n`);
    expect(await ask('users', 'import', file('one.csv'))).toEqual({ imported: 1 });
    expect(await ask('users', 'list', '--email', 'formula@')).toMatchObject([{ name: '=HYPERLINK("http://x")', company: "'-1" }]);
  });

  const BAD: readonly (readonly [what: string, text: string, sentence: RegExp])[] = [
    ['a wrong cell', 'name,email\nA,a1@example.com\n"two\nlines",a2@example.com\nC,nobody\n', /line 5: email must be an e-mail address/],
    ['an e-mail twice', 'name,email\nA,a1@example.com\nB,A1@example.com\n', /line 3: email belongs to another user/],
    ['a cell too many', 'name,email\nA,a1@example.com\nB,b,c\n', /line 3: it has another number of cells/],
    ['an open quote', 'name,email\nA,"a1@example.com\n', /quotes do not match/],
    ['a column that is not', 'name,shoe\nA,9\n', /line 2: shoe is not a known parameter/],
    ['a column twice', 'name,name\nA,B\n', /column "name" is there twice/],
    ['no rows', 'name,email\n', /has no rows/],
  ];
  it.each(BAD)('with %s: the line is named, and nothing is imported', async (_what, text, sentence) => {
    writeFileSync(file('bad.csv'), text);
    const outcome = await run(['users', 'import', file('bad.csv')]);
    expect(outcome.errors).toMatch(sentence);
    expect([1, 2]).toContain(outcome.code);
    expect(await ask('users', 'list', '--email', 'a1@example')).toEqual([]);
  });
});

describe('doctor, backup and restore', () => {
  it('doctor finds everything well while it is', async () => {
    const outcome = await run(['doctor', '--json']);
    const findings = Object(outcome.json());
    expect([outcome.code, findings.filter(({ state }: { state: string }) => state === 'failed')]).toEqual([0, []]);
    const checks = ['configuration', 'server', 'services', 'clock', 'database', 'migrations', 'DATA_KEY', 'FreeRADIUS', 'Redis', 'proxy'];
    expect(findings.map(({ check }: { check: string }) => check)).toEqual(expect.arrayContaining(checks));
  });

  it('doctor tells of a proxy that nobody declared, and of wrong settings', async () => {
    await fetch(`${server.url}/api/v1/status.php`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(await run(['doctor'])).toMatchObject({ code: 5, output: expect.stringMatching(/FAILED\s+proxy\s.*TRUST_PROXY/) });
    expect(await run(['doctor'], { env: { PORT: 'many' } })).toMatchObject({
      code: 5,
      output: expect.stringMatching(/FAILED\s+configuration\s+PORT must/),
    });
  });

  it('a backup that is restored elsewhere passes the same checks; a wrong file changes nothing', async () => {
    const users = await ask('users', 'list');
    const { rows } = await ask('backup', file('backup.gz'));
    expect(rows).toBeGreaterThan(10);
    expect((await run(['backup', file('backup.gz')])).code).toBe(2);
    expect(await run(['restore', file('backup.gz'), '--yes'])).toMatchObject({ code: 2, errors: expect.stringContaining('in use') });
    await server.stop();
    expect(await run(['doctor'])).toMatchObject({ code: 5, output: expect.stringMatching(/FAILED\s+server\s.*\n.*database.*\n/) });

    const other = file('elsewhere');
    expect((await run(['restore', file('backup.gz'), '--yes'], { env: { DATA_DIR: other } })).errors).toContain('DATA_KEY');
    expect(existsSync(join(other, 'pg'))).toBe(false);
    cpSync(join(dataDir, 'secrets'), join(other, 'secrets'), { recursive: true });
    writeFileSync(file('half.gz'), readFileSync(file('backup.gz')).subarray(0, 2_000));
    const before = readdirSync(other);
    for (const wrong of ['half.gz', 'users.csv', 'missing'])
      expect((await run(['restore', file(wrong), '--yes'], { env: { DATA_DIR: other } })).code).toBe(2);
    expect(readdirSync(other)).toEqual(before);
    expect((await run(['restore', file('backup.gz'), '--yes'], { env: { DATA_DIR: other } })).code).toBe(0);

    server = await startServer(other);
    run = createTestCli({ GATEHOUSE_URL: server.url, DATA_DIR: other });
    expect(await ask('users', 'list')).toEqual(users);
    expect((await run(['doctor'])).code).toBe(0);
    expect((await run(['audit', 'verify'])).code).toBe(0);
  }, 60_000);
});
