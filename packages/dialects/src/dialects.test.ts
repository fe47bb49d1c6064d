import { FAULT_CODES, Fault, type FaultCode, toProblem } from '@gatehouse/faults';
import { describe, expect, it } from '@jest/globals';
import type { DialectName, Envelope } from './dialect.ts';
import { DIALECTS, findRoute } from './route.ts';

/** Status and words of the contract's table, one row a fault, one column a dialect. */
const TABLE: Readonly<Partial<Record<FaultCode, Readonly<Partial<Record<DialectName, readonly [status: number, words: string]>>>>>> = {
  NO_CREDENTIAL: {
    'web-api': [401, 'invalid api key'],
    keys: [401, 'UNAUTHORIZED'],
    phpstrap: [401, 'MISSING_TOKEN'],
    altercpa: [200, 'key'],
    hotspot: [401, 'API Key not set or method not allowed'],
  },
  BAD_CREDENTIAL: {
    'web-api': [401, 'invalid api key'],
    keys: [401, 'UNAUTHORIZED'],
    phpstrap: [401, 'INVALID_TOKEN'],
    altercpa: [200, 'key'],
    hotspot: [401, 'API Key is incorrect'],
  },
  NOT_ALLOWED: {
    'web-api': [403, 'this key does not have access to this method'],
    keys: [403, 'FORBIDDEN'],
    phpstrap: [403, 'FORBIDDEN'],
    altercpa: [200, 'key'],
    hotspot: [403, 'API Key not set or method not allowed'],
  },
  ACCOUNT_INACTIVE: {
    'web-api': [403, 'authorization denied by server'],
    keys: [403, 'ACCOUNT_INACTIVE'],
    phpstrap: [403, 'ACCOUNT_INACTIVE'],
    altercpa: [200, 'ban'],
  },
  BAD_PARAMETER: {
    'web-api': [400, 'parameter is invalid or missing'],
    keys: [400, 'INVALID_PARAM'],
    phpstrap: [400, 'INVALID_PARAM'],
    altercpa: [200, 'param'],
    hotspot: [400, 'page must be a number'],
  },
  UNKNOWN_ROUTE: {
    'web-api': [400, 'invalid API command'],
    keys: [404, 'NOT_FOUND'],
    phpstrap: [404, 'NOT_FOUND'],
    altercpa: [200, 'func'],
    hotspot: [400, 'An error occurred'],
  },
  METHOD_NOT_ALLOWED: {
    'web-api': [405, 'method not allowed'],
    keys: [405, 'METHOD_NOT_ALLOWED'],
    phpstrap: [405, 'METHOD_NOT_ALLOWED'],
    altercpa: [200, 'func'],
    hotspot: [401, 'API Key not set or method not allowed'],
  },
  TOO_MANY_REQUESTS: {
    'web-api': [429, 'too many requests'],
    keys: [429, 'RATE_LIMITED'],
    phpstrap: [429, 'RATE_LIMIT_EXCEEDED'],
    altercpa: [200, 'limit'],
    hotspot: [429, 'Too many requests.'],
  },
  API_DISABLED: { phpstrap: [503, 'API_DISABLED'], hotspot: [403, 'API is not enabled'] },
  DATABASE_DOWN: {
    'web-api': [503, 'service is not available, try again shortly'],
    keys: [503, 'UNAVAILABLE'],
    phpstrap: [500, 'INTERNAL_ERROR'],
    altercpa: [200, 'db'],
    hotspot: [500, 'An error occurred'],
  },
  SERVICE_DOWN: {
    'web-api': [502, 'service is not available, try again shortly'],
    keys: [502, 'UNAVAILABLE'],
    phpstrap: [500, 'INTERNAL_ERROR'],
    altercpa: [200, 'db'],
    hotspot: [500, 'An error occurred'],
  },
  SERVICE_SLOW: {
    'web-api': [504, 'service is not available, try again shortly'],
    keys: [504, 'UNAVAILABLE'],
    phpstrap: [500, 'INTERNAL_ERROR'],
    altercpa: [200, 'db'],
    hotspot: [500, 'An error occurred'],
  },
  INTERNAL: {
    'web-api': [500, 'internal server error'],
    keys: [500, 'INTERNAL_ERROR'],
    phpstrap: [500, 'INTERNAL_ERROR'],
    altercpa: [200, 'db'],
    hotspot: [500, 'An error occurred'],
  },
};

/** The documented envelope of each dialect: exactly these members, of these types, in this order. */
const SHAPES: Readonly<Record<DialectName, (body: unknown) => string>> = {
  'web-api': (body) => {
    expect(body).toEqual({ code: expect.any(Number), status: expect.any(Number), message: expect.any(String) });
    return member(body, 'message');
  },
  keys: (body) => {
    expect(Object.keys(Object(body)).slice(0, 2)).toEqual(['error', 'code']);
    return member(body, 'code');
  },
  phpstrap: (body) => {
    expect(body).toEqual({ success: false, error: { code: expect.any(String), message: expect.any(String) } });
    return member(Object(body).error, 'code');
  },
  altercpa: (body) => {
    expect(body).toEqual({ status: 'error', error: expect.any(String) });
    return member(body, 'error');
  },
  hotspot: (body) => {
    expect(body).toEqual({ message: expect.any(String), error: true });
    return member(body, 'message');
  },
  native: (body) => {
    expect(body).toMatchObject({ type: expect.any(String), title: expect.any(String), status: expect.any(Number) });
    return member(body, 'code');
  },
};

function member(body: unknown, name: string): string {
  return String(Object(body)[name]);
}

function envelopeOf(dialect: (typeof DIALECTS)[number], code: FaultCode): Envelope {
  const details = code === 'BAD_PARAMETER' ? { details: [{ path: 'page', message: 'must be a number' }] } : {};
  return dialect.envelope(toProblem(new Fault(code, { internal: 'SELECT secret FROM host.internal', ...details })));
}

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (name, dialect) => {
  it.each(FAULT_CODES)('says %s in its documented envelope', (code) => {
    const { status, contentType, body } = envelopeOf(dialect, code);
    const words = SHAPES[name](body);
    expect(words).not.toBe('');
    expect(contentType).toBe(name === 'native' ? 'application/problem+json' : 'application/json');
    expect(status).toBeGreaterThanOrEqual(200);
    expect(JSON.stringify(body)).not.toMatch(/SELECT|host\.internal/);
    const expected = TABLE[code]?.[name];
    if (expected !== undefined) expect([status, words]).toEqual(expected);
  });

  it('answers only statuses that its document knows', () => {
    const known: Partial<Record<DialectName, readonly number[]>> = { altercpa: [200], phpstrap: [400, 401, 403, 404, 405, 429, 500, 503] };
    for (const code of FAULT_CODES) {
      const { status } = envelopeOf(dialect, code);
      expect(known[name] ?? [status]).toContain(status);
    }
  });
});

describe('findRoute', () => {
  it.each([
    ['/api.php', 'web-api', 'licensing'],
    ['/keys', 'keys', 'licensing'],
    ['/keys/12', 'keys', 'licensing'],
    ['/hwid-bans', 'keys', 'licensing'],
    ['/sessions/1/heartbeat', 'keys', 'licensing'],
    ['/api/v1/me.php', 'phpstrap', 'accounts'],
    ['/api/v1', 'phpstrap', 'accounts'],
    ['/api/profile/info.json', 'altercpa', 'accounts'],
    ['/api/v10', 'altercpa', 'accounts'],
    ['/api', 'hotspot', 'hotspot'],
    ['/api/', 'hotspot', 'hotspot'],
    ['/admin/v1/users/1/credentials', 'native', 'accounts'],
    ['/admin/v1/bans', 'native', 'licensing'],
    ['/admin/v1/sites/3/api-keys', 'native', 'hotspot'],
    ['/accounts/v1/sign-in', 'native', 'accounts'],
    ['/hotspot/v1/sites/1/hosts', 'native', 'hotspot'],
  ])('sends %s to %s at %s', (path, dialect, service) => {
    const route = findRoute(path, 'example.com', undefined);
    expect([route?.dialect.name, route?.service]).toEqual([dialect, service]);
  });

  it.each(['/', '/keysmith', '/API.php', '/api.php/x', '//api/', '/admin/v2/users'])('knows nobody for %s', (path) => {
    expect(findRoute(path, 'example.com', undefined)).toBeNull();
  });

  it('gives the whole of a cloud host to the voucher API', () => {
    const route = findRoute('/keys', '2B080b3af6.cloud.example.com:8443', 'cloud.example.com');
    expect([route?.dialect.name, route?.slug]).toEqual(['hotspot', '2b080b3af6']);
    expect(findRoute('/keys', 'cloud.example.com', 'cloud.example.com')?.dialect.name).toBe('keys');
  });
});
