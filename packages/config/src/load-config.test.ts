import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.ts';
import { type ConfigName, loadConfig } from './load-config.ts';
import type { Environment } from './read-variable.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN = `${'x'.repeat(31)}Y`;
const KEY_HEX = 'ab'.repeat(32);
const gateway = {
  INTERNAL_SECRET: TOKEN,
  LICENSING_URL: 'http://licensing:8080/',
  ACCOUNTS_URL: 'http://accounts:8080',
  HOTSPOT_URL: 'http://hotspot:8080',
};
const service = { INTERNAL_SECRET: TOKEN, DATA_KEY: KEY_HEX, DATABASE_URL: 'postgres://user:pa%5Ess@db:5432/gatehouse' };

function writeSecretFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function readMistakes(name: ConfigName, environment: Environment): readonly string[] {
  try {
    loadConfig(name, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('what is left out', () => {
  it('standalone starts with an empty environment, on loopback', () => {
    expect(loadConfig('standalone', {})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: './data',
      logLevel: 'warn',
      demo: true,
      trustProxy: [],
      databaseUrl: undefined,
      adminToken: undefined,
      metricsPort: undefined,
    });
  });

  it('an empty variable counts as not set, as compose files pass it', () => {
    expect(loadConfig('standalone', { PORT: '', DATABASE_URL: ' ', DATA_KEY_FILE: '' })).toMatchObject({
      port: 8080,
      databaseUrl: undefined,
    });
  });

  it.each<[ConfigName, readonly string[]]>([
    ['gateway', ['INTERNAL_SECRET', 'LICENSING_URL', 'ACCOUNTS_URL', 'HOTSPOT_URL']],
    ['licensing', ['DATABASE_URL', 'DATA_KEY', 'INTERNAL_SECRET']],
    ['accounts', ['DATABASE_URL', 'DATA_KEY', 'INTERNAL_SECRET']],
    ['hotspot', ['DATABASE_URL', 'DATA_KEY', 'INTERNAL_SECRET']],
    ['migrate', ['DATABASE_URL']],
  ])('%s does not start without what it needs, and says all of it', (name, variables) => {
    expect(readMistakes(name, {}).map((mistake) => mistake.split(' is missing: it must be ')[0])).toEqual(variables);
  });
});

describe('what is given', () => {
  it('each process gets typed values', () => {
    const config = loadConfig('gateway', { ...gateway, PORT: '0', TRUST_PROXY: 'loopback, 10.0.0.0/8,2001:db8::/32 192.0.2.7' });
    expect(config).toMatchObject({ port: 0, licensingUrl: 'http://licensing:8080' });
    expect(config.trustProxy).toEqual(['loopback', '10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);
    expect(loadConfig('licensing', service).databaseUrl.reveal()).toBe(service.DATABASE_URL);
    expect(loadConfig('standalone', { DEMO: 'false' }).demo).toBe(false);
  });

  it('settings cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig('gateway', gateway))).toBe(true);
  });

  it('unknown variables are ignored', () => {
    expect(readMistakes('gateway', { ...gateway, SOMETHING: 'else' })).toEqual([]);
  });

  it.each([
    ['hexadecimal digits', KEY_HEX.toUpperCase()],
    ['base64', Buffer.from(KEY_HEX, 'hex').toString('base64')],
    ['base64url without padding', Buffer.from(KEY_HEX, 'hex').toString('base64url')],
  ])('a data key is read from %s', (_form, text) => {
    expect(loadConfig('licensing', { ...service, DATA_KEY: text }).dataKey.reveal()).toEqual(Buffer.from(KEY_HEX, 'hex'));
  });

  it('previous data keys are a list', () => {
    const { dataKeyPrevious } = loadConfig('hotspot', { ...service, DATA_KEY_PREVIOUS: `${KEY_HEX},${'cd'.repeat(32)}` });
    expect(dataKeyPrevious?.reveal().map((key) => key.length)).toEqual([32, 32]);
  });
});

describe('NAME_FILE', () => {
  it('a variable is read from a file, without the line end', () => {
    const config = loadConfig('gateway', {
      ...gateway,
      INTERNAL_SECRET: undefined,
      INTERNAL_SECRET_FILE: writeSecretFile('good', `${TOKEN}\n`),
    });
    expect(config.internalSecret.reveal()).toBe(TOKEN);
    expect(loadConfig('standalone', { PORT_FILE: writeSecretFile('port', '9000\n') }).port).toBe(9000);
  });

  it('a variable and its file at once is a mistake', () => {
    expect(readMistakes('gateway', { ...gateway, INTERNAL_SECRET_FILE: writeSecretFile('both', TOKEN) })).toEqual([
      'INTERNAL_SECRET and INTERNAL_SECRET_FILE are both set: keep one of them.',
    ]);
  });

  it('a file that is missing, empty or a folder is told without its path', () => {
    const read = (file: string) => readMistakes('standalone', { ADMIN_TOKEN_FILE: file });
    expect(read(join(folder, 'missing'))).toEqual(['ADMIN_TOKEN_FILE names a file that cannot be read (ENOENT).']);
    expect(read(folder)).toEqual(['ADMIN_TOKEN_FILE names a file that cannot be read (EISDIR).']);
    expect(read(writeSecretFile('empty', '\n'))).toEqual(['ADMIN_TOKEN_FILE names a file that is empty.']);
  });

  it('a wrong value from a file is told by the name of both', () => {
    expect(readMistakes('standalone', { ADMIN_TOKEN_FILE: writeSecretFile('short', 'abc') })[0]).toMatch(
      /^ADMIN_TOKEN \(read from ADMIN_TOKEN_FILE\) must be at least 32 characters long/,
    );
  });
});

describe('mistakes', () => {
  it.each([
    ['PORT', ['-1', '65536', '80.5', 'http', '1e9']],
    ['HOST', ['not a host', 'a/b']],
    ['PUBLIC_URL', ['example.com', 'ftp://example.com', 'http://user:secret@example.com', 'http://example.com/?a=1']],
    ['DATABASE_URL', ['mysql://db', 'postgres', 'postgres:db']],
    ['REDIS_URL', ['http://redis', 'redis']],
    ['SMTP_URL', ['mail.example.com', 'http://mail']],
    ['ADMIN_TOKEN', ['short', `${'a b'.repeat(20)}`]],
    ['INTERNAL_SECRET', ['short']],
    ['DATA_KEY', [KEY_HEX.slice(1), 'A'.repeat(42), 'A'.repeat(45), 'not a key']],
    ['DATA_KEY_PREVIOUS', [`${KEY_HEX},short`]],
    ['CLOUD_DOMAIN', ['https://cloud.example.com', '.example.com', 'a b']],
    ['TELEGRAM_BOT_TOKEN', ['letters', '12:abc']],
    ['TRUST_PROXY', ['true', '10.0.0.0/33', '::/129', '0.0.0.0/0', '10.0.0.0/8/9', 'localhost']],
    ['METRICS_PORT', ['x']],
    ['RADIUS_REST_PORT', ['70000']],
    ['LOG_LEVEL', ['verbose', 'INFO ']],
    ['DEMO', ['perhaps']],
  ])('%s that is not right is refused by name and its value never shown', (variable, values) => {
    for (const value of [...values, '?? hunter22 ??']) {
      const mistakes = readMistakes('standalone', { [variable]: value });
      expect({ value, mistakes }).toEqual({ value, mistakes: [expect.stringMatching(new RegExp(`^${variable} must be `))] });
      expect(mistakes.join()).not.toContain('hunter22');
    }
  });

  it('all of them are told at once', () => {
    const environment = { PORT: 'x', ADMIN_TOKEN: 'short', DATA_KEY: 'none', METRICS_PORT: '9', RADIUS_REST_PORT: '9' };
    const mistakes = readMistakes('standalone', environment);
    expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual(['PORT', 'ADMIN_TOKEN', 'DATA_KEY', 'RADIUS_REST_PORT']);
    expect(() => loadConfig('standalone', environment)).toThrow(mistakes.join('\n'));
  });

  it('two servers on one port are refused, any free port twice is not', () => {
    expect(readMistakes('standalone', { METRICS_PORT: '8080' })).toEqual(['METRICS_PORT must be another port than PORT.']);
    expect(readMistakes('standalone', { PORT: '0', METRICS_PORT: '0' })).toEqual([]);
  });
});

it('a secret does not show itself in a log, a string or JSON', () => {
  const config = loadConfig('licensing', { ...service, ADMIN_TOKEN: TOKEN, REDIS_URL: 'redis://:hunter22@redis' });
  const shown = `${inspect(config, { depth: 9, showHidden: true })}${JSON.stringify(config)}${config.adminToken}`;
  for (const value of [TOKEN, KEY_HEX, 'pa%5Ess', 'hunter22']) expect(shown).not.toContain(value);
  expect(shown).toContain('[secret]');
});
