import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeBlackBox } from './black-box.ts';
import { endProgram, type Started, startProgram, startWell } from './run-process.ts';

/** What `npm start` runs. */
const MAIN = 'services/standalone/dist/bundle/main.js';

let dataDir: string;
let running: Started;

const start = (environment: Record<string, string>) => startProgram(MAIN, { PORT: '0', ...environment }, /ready at (\S+)[\s\S]*Ctrl\+C/);
const startWellAt = (environment: Record<string, string>) => startWell(MAIN, { PORT: '0', ...environment }, /ready at (\S+)[\s\S]*Ctrl\+C/);

/** The curls that the start wrote, run by a shell as they stand. */
function paste(curl: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const shell = spawn('sh', ['-c', `${curl} --silent --max-time 10`]);
    shell.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
    shell.on('error', reject);
    // Not 'exit': that can come before the last of the output.
    shell.on('close', () => resolve(output));
  });
}

function readCurls(): string[] {
  const text = readFileSync(join(dataDir, 'demo-curls.txt'), 'utf8');
  return text.split('\n').filter((line) => line.startsWith('curl '));
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-standalone-'));
  running = await startWellAt({ DATA_DIR: dataDir });
}, 60_000);

afterAll(async () => {
  await endProgram(running.process, 'SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

describe('npm start', () => {
  it('writes one call for each API, and each works as it stands', async () => {
    const curls = readCurls();
    expect(curls).toHaveLength(5);
    const [keys = '', webApi = '', phpstrap = '', altercpa = '', hotspot = ''] = await Promise.all(curls.map(paste));
    expect(JSON.parse(keys).keys).toHaveLength(2);
    expect(JSON.parse(webApi)).toMatchObject({ username: 'Mia Member', level: 2 });
    expect(webApi).toContain('\n    "username"');
    expect(JSON.parse(phpstrap)).toMatchObject({ success: true, data: { name: 'Mia Member' } });
    expect(JSON.parse(altercpa)).toMatchObject({ status: 'ok', data: { name: 'Mia Member' } });
    expect(JSON.parse(hotspot).users).toHaveLength(3);
  });

  it('shows no secret when its output is no terminal, and keeps them readable by their owner only', () => {
    const token = readFileSync(join(dataDir, 'secrets/admin-token'), 'utf8').trim();
    expect(running.output).not.toContain(token);
    for (const file of ['secrets/admin-token', 'secrets/data-key', 'secrets/internal-secret', 'demo.json', 'demo-curls.txt']) {
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
    }
  });

  it('ends with one clear sentence when the port is in use', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const otherDir = mkdtempSync(join(tmpdir(), 'gatehouse-port-'));
    const ended = await start({ DATA_DIR: otherDir, PORT: port });
    blocker.close();
    rmSync(otherDir, { recursive: true, force: true });
    expect(ended).toEqual({ code: 1, output: expect.stringMatching(/^gatehouse: Port \d+ on 127\.0\.0\.1 is in use: [^\n]+\n$/) });
  });

  it('ends with one clear sentence when the data directory is in use', async () => {
    const ended = await start({ DATA_DIR: dataDir });
    expect(ended).toEqual({
      code: 1,
      output: expect.stringMatching(/^gatehouse: The data directory \S+ is in use by another process\.\n$/),
    });
  });

  it('ends with a sentence for each wrong setting, all at once, and shows no value', async () => {
    const ended = await start({ PORT: 'eighty', ADMIN_TOKEN: 'sup3r-short', TRUST_PROXY: '0.0.0.0/0' });
    expect(ended).toMatchObject({ code: 1, output: expect.stringContaining('PORT') });
    expect('output' in ended && ended.output).toMatch(/ADMIN_TOKEN[^\n]+\n(.+\n)*.*TRUST_PROXY|TRUST_PROXY[^\n]+\n(.+\n)*.*ADMIN_TOKEN/);
    expect('output' in ended && ended.output).not.toMatch(/sup3r|eighty|\n {4}at /);
  });

  it('keeps everything over kill -9, and its calls work again after the next start', async () => {
    const before = readCurls();
    await endProgram(running.process, 'SIGKILL');
    running = await startWellAt({ DATA_DIR: dataDir });
    const port = new URL(running.found).port;
    expect(readCurls()).toEqual(before.map((curl) => curl.replace(/:\d{4,5}\//, `:${port}/`)));
    for (const answer of await Promise.all(readCurls().map(paste))) expect(answer).not.toMatch(/error"?: ?(true|")/);
  }, 60_000);

  it('makes new secrets in place of revoked ones at the next start, once it is ready, and says so', async () => {
    const [, , before = ''] = readCurls();
    const { memberId } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
    const headers = { authorization: `Bearer ${readFileSync(join(dataDir, 'secrets/admin-token'), 'utf8').trim()}` };
    const list = await fetch(`${running.found}/admin/v1/users/${memberId}/credentials`, { headers });
    const { items }: { items: { id: number; kind: string }[] } = JSON.parse(await list.text());
    const id = items.find(({ kind }) => kind === 'phpstrap')?.id;
    expect((await fetch(`${running.found}/admin/v1/credentials/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect(JSON.parse(await paste(before))).toMatchObject({ success: false });
    await endProgram(running.process, 'SIGTERM');
    running = await startWell(MAIN, { PORT: '0', DATA_DIR: dataDir }, /ready at (\S+)[\s\S]*Ctrl\+C[\s\S]*The demo was renewed\. .+\n/);
    const [, , after = ''] = readCurls();
    expect(JSON.parse(await paste(after))).toMatchObject({ success: true, data: { name: 'Mia Member' } });
    expect(running.output).not.toContain(JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')).phpstrapToken);
  }, 60_000);
});

describeBlackBox('standalone: the five APIs through the gateway', () => ({
  baseUrl: running.found,
  adminToken: readFileSync(join(dataDir, 'secrets/admin-token'), 'utf8').trim(),
}));
