import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.ts';
import { ensureSecrets, withSecrets } from './ensure-secrets.ts';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
function newDataDir(): string {
  made += 1;
  return join(folder, `data-${made}`);
}

it('a first start makes each secret of 32 bytes, for its owner only', () => {
  const dataDir = newDataDir();
  const { ADMIN_TOKEN, DATA_KEY } = ensureSecrets(dataDir, ['ADMIN_TOKEN', 'DATA_KEY']);
  expect(ADMIN_TOKEN.isNew).toBe(true);
  expect(ADMIN_TOKEN.value.reveal()).toMatch(/^[0-9a-f]{64}$/);
  expect(ADMIN_TOKEN.value.reveal()).not.toBe(DATA_KEY.value.reveal());
  expect(readFileSync(ADMIN_TOKEN.file, 'utf8').trim()).toBe(ADMIN_TOKEN.value.reveal());
  expect(statSync(ADMIN_TOKEN.file).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['admin-token', 'data-key']);
});

it('a later start reads the same ones and closes what others could read', () => {
  const dataDir = newDataDir();
  const first = ensureSecrets(dataDir, ['DATA_KEY']).DATA_KEY;
  chmodSync(first.file, 0o644);
  const second = ensureSecrets(dataDir, ['DATA_KEY']).DATA_KEY;
  expect(second.isNew).toBe(false);
  expect(second.value.reveal()).toBe(first.value.reveal());
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
});

it('processes that start at once agree on one secret', async () => {
  const dataDir = newDataDir();
  const built = new URL('../dist/ensure-secrets.js', import.meta.url);
  expect(existsSync(built)).toBe(true);
  const gate = new SharedArrayBuffer(4);
  const body = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.built).then(({ ensureSecrets }) => {
      parentPort.postMessage('ready');
      Atomics.wait(new Int32Array(workerData.gate), 0, 0);
      parentPort.postMessage(ensureSecrets(workerData.dataDir, ['DATA_KEY']).DATA_KEY.value.reveal());
    });`;
  const workers = Array.from({ length: 8 }, () => new Worker(body, { eval: true, workerData: { built: built.href, gate, dataDir } }));
  const next = (worker: Worker) => new Promise<unknown>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await Promise.all(workers.map(next));
  const secrets = Promise.all(workers.map(next));
  Atomics.store(new Int32Array(gate), 0, 1);
  Atomics.notify(new Int32Array(gate), 0);
  expect(new Set(await secrets).size).toBe(1);
  expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['data-key']);
});

it('a damaged secret is told by its file and never replaced', () => {
  const dataDir = newDataDir();
  const { file } = ensureSecrets(dataDir, ['DATA_KEY']).DATA_KEY;
  writeFileSync(file, 'deadbeef');
  expect(() => ensureSecrets(dataDir, ['DATA_KEY'])).toThrow(ConfigError);
  expect(() => ensureSecrets(dataDir, ['DATA_KEY'])).toThrow(file);
  expect(readFileSync(file, 'utf8')).toBe('deadbeef');
});

it('a data directory that cannot be used is one sentence', () => {
  const dataDir = newDataDir();
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'secrets'), '');
  expect(() => ensureSecrets(dataDir, ['DATA_KEY'])).toThrow(
    /^DATA_DIR cannot be used to keep the secrets of this installation \(E\w+\)\.$/,
  );
});

it('standalone takes secrets of the environment first and makes only the others', () => {
  const dataDir = newDataDir();
  const { config, kept } = withSecrets(loadConfig('standalone', { DATA_DIR: dataDir, ADMIN_TOKEN: 'a'.repeat(32) }));
  expect(config.adminToken.reveal()).toBe('a'.repeat(32));
  expect(config.dataKey.reveal()).toHaveLength(32);
  expect(Object.keys(kept)).toEqual(['DATA_KEY', 'INTERNAL_SECRET']);
  expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['data-key', 'internal-secret']);
});

it('standalone with all its secrets in the environment writes none', () => {
  const dataDir = newDataDir();
  const text = 'ab'.repeat(32);
  withSecrets(loadConfig('standalone', { DATA_DIR: dataDir, ADMIN_TOKEN: text, DATA_KEY: text, INTERNAL_SECRET: text }));
  expect(existsSync(dataDir)).toBe(false);
});
