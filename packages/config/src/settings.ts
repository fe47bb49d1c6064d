import Joi from 'joi';
import type { Setting } from './define-config.ts';
import { parseAddressRanges } from './parse-address-ranges.ts';
import { parseDataKey } from './parse-data-key.ts';
import { type Secret, secret } from './secret.ts';

/** Levels of pino, most important first. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const SECRET_MIN_CHARACTERS = 32;

/** Every variable that Gatehouse reads. Each can also be given as `NAME_FILE`. */
export const settings = {
  port: port('PORT'),
  metricsPort: port('METRICS_PORT'),
  radiusRestPort: port('RADIUS_REST_PORT'),
  host: setting(
    'HOST',
    Joi.alternatives(Joi.string().ip({ cidr: 'forbidden' }), Joi.string().hostname()),
    'must be a host name or an IP address',
  ),
  publicUrl: webUrl('PUBLIC_URL'),
  licensingUrl: webUrl('LICENSING_URL'),
  accountsUrl: webUrl('ACCOUNTS_URL'),
  hotspotUrl: webUrl('HOTSPOT_URL'),
  gatehouseUrl: webUrl('GATEHOUSE_URL'),
  dataDir: setting('DATA_DIR', Joi.string<string>(), 'must be a folder'),
  databaseUrl: secretUrl('DATABASE_URL', ['postgres', 'postgresql']),
  redisUrl: secretUrl('REDIS_URL', ['redis', 'rediss']),
  smtpUrl: secretUrl('SMTP_URL', ['smtp', 'smtps']),
  adminToken: password('ADMIN_TOKEN'),
  internalSecret: password('INTERNAL_SECRET'),
  gatehouseApiKey: password('GATEHOUSE_API_KEY'),
  dataKey: parsed('DATA_KEY', (text) => secret(parseDataKey(text)), 'must be 32 bytes, as 64 hexadecimal digits or as base64'),
  dataKeyPrevious: parsed(
    'DATA_KEY_PREVIOUS',
    (text) => secret(splitList(text).map(parseDataKey)),
    'must be a comma-separated list of keys of 32 bytes, each as 64 hexadecimal digits or as base64',
  ),
  cloudDomain: setting(
    'CLOUD_DOMAIN',
    Joi.string<string>().lowercase().domain({ tlds: false, minDomainSegments: 1 }),
    'must be a domain name such as cloud.example.com',
  ),
  telegramBotToken: parsed(
    'TELEGRAM_BOT_TOKEN',
    (text) => secret(expectMatch(text, /^\d{3,}:[\w-]{20,}$/)),
    'must be a token as BotFather gives it, 123456:letters',
  ),
  trustProxy: parsed(
    'TRUST_PROXY',
    (text) => parseAddressRanges(splitList(text)),
    "must be a comma-separated list of IP addresses, ranges such as 10.0.0.0/8 (not /0, which is everyone), 'loopback', 'linklocal' or 'uniquelocal'",
  ),
  logLevel: setting('LOG_LEVEL', Joi.string<LogLevel>().valid(...LOG_LEVELS), `must be one of ${LOG_LEVELS.join(', ')}`),
  demo: setting('DEMO', Joi.boolean<boolean>().truthy('1', 'yes', 'on').falsy('0', 'no', 'off'), 'must be true or false'),
};

function setting<T>(variable: string, schema: Joi.AnySchema<T>, rule: string): Setting<T> {
  return { variable, schema, rule };
}

/** A setting whose text is read by a function that throws when it is not right. */
function parsed<T>(variable: string, parse: (text: string) => T, rule: string): Setting<T> {
  return setting(variable, Joi.any().custom(parse), rule);
}

function port(variable: string): Setting<number> {
  return setting(variable, Joi.number<number>().integer().min(0).max(65_535), 'must be a whole number from 0 to 65535');
}

function password(variable: string): Setting<Secret> {
  return parsed(
    variable,
    (text) => secret(expectMatch(text, new RegExp(`^[\\x21-\\x7e]{${SECRET_MIN_CHARACTERS},}$`))),
    `must be at least ${SECRET_MIN_CHARACTERS} characters long, of letters, digits and signs without spaces`,
  );
}

/** An address to put paths behind, so without a trailing slash, a query or a user. */
function webUrl(variable: string): Setting<string> {
  return parsed(
    variable,
    (text) => {
      const url = parseUrl(text, ['http', 'https']);
      if (url.search || url.hash || url.username || url.password) throw new Error('more than an address');
      return url.href.replace(/\/+$/, '');
    },
    'must be an http:// or https:// address without a query or a password',
  );
}

/** A connection string, which can hold a password. */
function secretUrl(variable: string, schemes: readonly string[]): Setting<Secret> {
  const forms = schemes.map((scheme) => `${scheme}://`).join(' or ');
  return parsed(
    variable,
    (text) => {
      parseUrl(text, schemes);
      return secret(text);
    },
    `must be a ${forms} address, special characters of a password percent-encoded`,
  );
}

function parseUrl(text: string, schemes: readonly string[]): URL {
  const url = new URL(text);
  if (!schemes.includes(url.protocol.slice(0, -1)) || !text.includes('://')) throw new Error('another scheme');
  return url;
}

function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

function expectMatch(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new Error('does not match');
  return text;
}
