import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { createLog, type Listening } from '@gatehouse/http';
import { createLimits } from '@gatehouse/limits';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway } from './start-gateway.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A service that does what the test wants, well or badly. */
let behave: Behaviour;
let seen: IncomingMessage | undefined;
let upstream: ReturnType<typeof createServer>;
let gateway: Listening;
const logLines: string[] = [];

const PATHS = {
  'web-api': '/api.php?key=ABCD-EFGH-JKLM-NPQR&cmd=getMember',
  keys: '/keys/1',
  phpstrap: '/api/v1/me.php',
  altercpa: '/api/profile/info.json',
  hotspot: '/api/?action=get_logins',
  native: '/admin/v1/users',
} as const;

const ENVELOPES: Readonly<Record<keyof typeof PATHS, (status: number, body: unknown) => void>> = {
  'web-api': (status, body) => expect(body).toEqual({ code: status, status, message: expect.any(String) }),
  keys: (_status, body) => expect(body).toEqual({ error: expect.any(String), code: expect.stringMatching(/^[A-Z_]+$/) }),
  phpstrap: (_status, body) =>
    expect(body).toEqual({ success: false, error: { code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String) } }),
  altercpa: (status, body) => {
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'error', error: expect.stringMatching(/^[a-z]+$/) });
  },
  hotspot: (_status, body) => expect(body).toEqual({ message: expect.any(String), error: true }),
  native: (status, body) => expect(body).toMatchObject({ status, code: expect.any(String), title: expect.any(String) }),
};

beforeAll(async () => {
  upstream = createServer((request, response) => {
    // What the gateway reports of its own refusals comes when it likes, and is no client's call.
    if (request.url === '/internal/attempts') return void response.end();
    seen = request;
    behave(request, response);
  });
  upstream.keepAliveTimeout = 60_000;
  gateway = await open(await listenOn(upstream));
});

afterEach(() => {
  logLines.length = 0;
});

afterAll(async () => {
  await gateway.close(100);
  upstream.closeAllConnections();
  upstream.close();
});

async function open(port: number): Promise<Listening> {
  const url = `http://127.0.0.1:${port}`;
  return startGateway({
    port: 0,
    host: '127.0.0.1',
    upstreams: { licensing: url, accounts: url, hotspot: url },
    internalSecret: 'the-secret-between-gateway-and-services',
    cloudDomain: 'cloud.example.com',
    trustProxy: [],
    rateLimits: createLimits(),
    log: createLog('gateway', 'info', { write: (line) => void logLines.push(line) }),
    limits: { answerMs: 300, bodyMs: 300, reconnectMs: 200 },
  });
}

function listenOn(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function call(path: string, init: RequestInit = {}, port = gateway.port) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

/** Sends bytes as they are and gives all that comes back until the connection ends. */
function sendRaw(bytes: string, port = gateway.port): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      answer += piece;
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

function expectEnvelope(name: keyof typeof PATHS, { status, headers, body, text }: Awaited<ReturnType<typeof call>>): void {
  ENVELOPES[name](status, body);
  expect(headers.get('content-type')).toBe(name === 'native' ? 'application/problem+json' : 'application/json');
  expect(headers.get('x-request-id')).toMatch(/^[\w.-]{1,64}$/);
  expect(headers.get('x-fault')).toMatch(/^[A-Z_]+$/);
  expect(text).not.toMatch(/Error|127\.0\.0\.1|<html|node_modules|SELECT/);
}

const dialects = Object.keys(PATHS) as (keyof typeof PATHS)[];
const json: Behaviour = (_request, response) => response.setHeader('content-type', 'application/json').end('{"fine":true}');

describe('a service that gives no answer at all: the client sees the documented envelope', () => {
  type Answers = ReadonlyMap<keyof typeof PATHS, Awaited<ReturnType<typeof call>>>;
  /** The waits are the gateway's own: all dialects wait together. */
  const callAll = async (port: number): Promise<Answers> =>
    new Map(await Promise.all(dialects.map(async (name) => [name, await call(PATHS[name], {}, port)] as const)));
  let hung: Answers;
  let refused: Answers;

  beforeAll(async () => {
    behave = () => undefined;
    const probe = createTcpServer();
    const freePort = await listenOn(probe);
    await new Promise((resolve) => probe.close(resolve));
    const lonely = await open(freePort);
    [hung, refused] = await Promise.all([callAll(gateway.port), callAll(lonely.port)]);
    await lonely.close(100);
  });

  it.each(dialects)('%s, when it hangs past the time limit or refuses the connection', (name) => {
    for (const answers of [hung, refused]) expectEnvelope(name, answers.get(name) as Awaited<ReturnType<typeof call>>);
  });
});

describe.each(dialects)('%s: whatever a service does, the client sees the documented envelope', (name) => {
  const misdeeds: Record<string, Behaviour> = {
    'dies before it answers': (request) => void request.socket.destroy(),
    'dies in the middle of a small body': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{"half":');
      setTimeout(() => response.destroy(), 20);
    },
    'answers HTML': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'),
    'answers 500 with a stack': (_request, response) =>
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"stack":"Error: SELECT at node_modules"}'),
    'answers a problem with an unknown code': (_request, response) =>
      response.writeHead(418, { 'content-type': 'application/problem+json' }).end('{"code":"TEAPOT","detail":"<html>"}'),
    'answers a problem that is no JSON': (_request, response) =>
      response.writeHead(500, { 'content-type': 'application/problem+json' }).end('Error: oh'),
    'answers what is not HTTP': (request) => void request.socket.end('SELECT 1;\r\n\r\n'),
    'redirects elsewhere': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end(),
  };
  it.each(Object.keys(misdeeds))('when it %s', async (misdeed) => {
    behave = misdeeds[misdeed] ?? json;
    expectEnvelope(name, await call(PATHS[name]));
  });

  it('answers HEAD without a body and names the fault in X-Fault', async () => {
    behave = (_request, response) =>
      response.writeHead(404, { 'content-type': 'application/problem+json', 'x-fault': 'NOT_FOUND', 'content-length': 20 }).end();
    const { text, headers } = await call(PATHS[name], { method: 'HEAD' });
    expect([text, headers.get('x-fault')]).toEqual(['', 'NOT_FOUND']);
  });

  it('refuses a 10 MB body before a service sees it', async () => {
    seen = undefined;
    behave = json;
    expectEnvelope(name, await call(PATHS[name], { method: 'POST', body: 'x'.repeat(10_000_000) }));
    expect(seen).toBeUndefined();
  });

  it('refuses a body that never ends', async () => {
    const path = PATHS[name];
    const answer = await sendRaw(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"half":`,
    );
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    ENVELOPES[name](Number(head.split(' ')[1]), JSON.parse(body));
    expect(head).toMatch(/x-fault: REQUEST_TIMEOUT/i);
  });

  it('refuses a second Authorization header', async () => {
    const answer = await sendRaw(
      `GET ${PATHS[name]} HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/x-fault: BAD_PARAMETER/i);
  });
});

describe('what passes through', () => {
  it('a success body arrives byte for byte', async () => {
    const text = `{"pieces":"${'äöü😀'.repeat(50_000)}"}`;
    behave = (_request, response) => response.setHeader('content-type', 'application/json').end(text);
    expect((await call('/keys')).text).toBe(text);
  });

  it('a large body that breaks off cuts the connection: it never looks whole', async () => {
    behave = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('x'.repeat(200_000));
      setTimeout(() => response.destroy(), 20);
    };
    await expect(call('/keys')).rejects.toThrow();
  });

  it('no hop-by-hop, smuggled or forged header reaches a service', async () => {
    behave = json;
    const id = 'x'.repeat(10_000);
    await sendRaw(
      `GET /keys HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close, X-Forwarded-For, X-Secret-Hop\r\nX-Secret-Hop: 1\r\nX_Auth_User: root\r\n` +
        `X-Forwarded-For: 10.0.0.1\r\nX-Gatehouse-Address: 10.0.0.1\r\nX-Gatehouse-Secret: guess\r\nTE: trailers\r\nUpgrade: h2c\r\nX-Request-Id: ${id}\r\nX-Kept: yes\r\n\r\n`,
    );
    expect(seen?.headers).toMatchObject({
      host: 'shop.example.com',
      'x-kept': 'yes',
      'x-gatehouse-address': '127.0.0.1',
      'x-gatehouse-secret': 'the-secret-between-gateway-and-services',
      'x-gatehouse-undeclared-proxy': '1',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const names = Object.keys(seen?.headers ?? {});
    for (const name of ['x-secret-hop', 'x_auth_user', 'x-forwarded-for', 'te', 'upgrade']) expect(names).not.toContain(name);
  });

  it('a request id of good form is kept and comes back', async () => {
    behave = json;
    const { headers } = await call('/keys', { headers: { 'x-request-id': 'order-66.a_b' } });
    expect([headers.get('x-request-id'), seen?.headers['x-request-id']]).toEqual(['order-66.a_b', 'order-66.a_b']);
  });

  it('the headers of a fault that belong to the client arrive', async () => {
    behave = (_request, response) =>
      response
        .writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '7', 'x-ratelimit-limit': '60', 'x-powered-by': 'us' })
        .end('{"code":"TOO_MANY_REQUESTS"}');
    const { status, headers } = await call(PATHS.phpstrap);
    expect([status, headers.get('retry-after'), headers.get('x-ratelimit-limit'), headers.get('x-powered-by')]).toEqual([
      429,
      '7',
      '60',
      null,
    ]);
  });

  it('phpstrap has rate-limit figures also when no service answers', async () => {
    behave = (request) => void request.socket.destroy();
    const { headers } = await call(PATHS.phpstrap);
    expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual(['60', '60']);
    expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 - 1);
  });

  it('a Web API error is indented by four spaces when the caller asked to beautify', async () => {
    behave = (_request, response) =>
      response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"code":"BAD_CREDENTIAL"}');
    expect((await call('/api.php?key=x&beautify')).text).toBe(
      '{\n    "code": 401,\n    "status": 401,\n    "message": "invalid api key"\n}',
    );
    expect((await call('/api.php?key=beautify')).text).toBe('{"code":401,"status":401,"message":"invalid api key"}');
  });

  it('a path of nobody is problem+json', async () => {
    const { status, headers, body } = await call('/nowhere');
    expect([status, headers.get('content-type'), body.code]).toEqual([404, 'application/problem+json', 'UNKNOWN_ROUTE']);
  });

  it('a read is sent again when a kept connection was just closed, a write is not', async () => {
    let calls = 0;
    behave = (request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else json(request, response);
    };
    expect((await call('/keys')).status).toBe(200);
    calls = 0;
    expect((await call('/keys', { method: 'POST' })).status).toBe(502);
  });

  it('the log holds no licence key and no query', async () => {
    behave = json;
    await call('/api.php?key=ABCD-EFGH-JKLM-NPQR&cmd=getMember');
    await call('/keys/ABCD-EFGH-JKLM-NPQR');
    expect(logLines.join('')).toContain('/keys/****-****-****-NPQR');
    expect(logLines.join('')).not.toMatch(/ABCD-EFGH|cmd=/);
  });

  it('a head that cannot be parsed gets HTTP its own 400, one too large 431', async () => {
    expect(await sendRaw('GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await sendRaw('POST /keys HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  it('a request target in absolute form goes the same way', async () => {
    behave = json;
    const status = await new Promise((resolve, reject) => {
      httpRequest({ port: gateway.port, host: '127.0.0.1', path: 'http://shop.example.com/keys?page=1' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect([status, seen?.url]).toEqual([200, '/keys?page=1']);
  });
});
