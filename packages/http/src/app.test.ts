import { Fault } from '@gatehouse/faults';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Joi from 'joi';
import supertest from 'supertest';
import { type Attempt, createApp } from './app.ts';
import { type AnyEndpoint, endpoint, toRoutes } from './endpoint.ts';
import { INTERNAL_HEADERS } from './internal-headers.ts';
import { type Listening, listen } from './listen.ts';
import { createLog } from './log.ts';
import { created, ok } from './reply.ts';
import { idSchema } from './schemas.ts';

const SECRET = 'secret-between-gateway-and-service';
const attempts: Attempt[] = [];
const logLines: string[] = [];
let server: Listening;
let client: ReturnType<typeof supertest.agent>;

const anyone = { scheme: 'none', check: async () => null };
const endpoints: AnyEndpoint<null>[] = [
  endpoint({
    name: 'createThing',
    method: 'POST',
    path: '/things',
    summary: 'Makes a thing.',
    admit: { scheme: 'test', check: async () => ({ kind: 'user', id: 7 }) },
    body: Joi.object<{ name: string; amount: number; tags?: string[] }>({
      name: Joi.string().max(10).required(),
      amount: idSchema().required(),
      tags: Joi.array().items(Joi.string()),
    }),
    replies: { 201: Joi.object() },
    faults: [],
    handle: async ({ body }) => created({ thing: body }),
  }),
  endpoint({
    name: 'listThings',
    method: 'GET',
    path: '/things',
    summary: 'Lists things.',
    admit: anyone,
    query: Joi.object<{ page: number }>({ page: idSchema().default(1) }),
    replies: { 200: Joi.object() },
    faults: [],
    handle: async ({ query }) => ok({ page: query.page }),
  }),
  endpoint({
    name: 'break',
    method: 'GET',
    path: '/broken',
    summary: 'Breaks.',
    admit: anyone,
    replies: { 200: null },
    faults: [],
    handle: () => Promise.reject(new Error('key ABCD-EFGH-JKLM-NPQR at postgres://root:hunter22@db/x')),
  }),
];

beforeAll(async () => {
  const idempotency = {
    run: () => Promise.reject(new Fault('INTERNAL')),
  };
  const app = createApp({
    name: 'test',
    routes: [
      ...toRoutes(endpoints, { dialect: 'keys', db: null, idempotency, principalName: () => 'user:7' }),
      {
        dialect: 'hotspot',
        path: '/form',
        name: 'form',
        methods: ['POST'],
        body: { multipart: true, limitBytes: 1_000 },
        handle: async (request) => ok({ kind: (await request.body()).kind, fields: (await request.body()).fields }),
      },
      { dialect: 'hotspot', path: '/stream', name: 'stream', methods: ['GET', 'HEAD'], handle: () => ({ status: 200, stream: pieces() }) },
    ],
    log: createLog('test', 'debug', { write: (line) => void logLines.push(line) }),
    internalSecret: SECRET,
    clock: () => new Date('2026-01-01T00:00:00Z'),
    onAttempt: (attempt) => void attempts.push(attempt),
    ready: async () => ({ degraded: ['redis'] }),
  });
  server = await listen(app, 0, '127.0.0.1');
  client = supertest.agent(`http://127.0.0.1:${server.port}`).set(INTERNAL_HEADERS.secret, SECRET);
});

afterAll(() => server.close(100));

async function* pieces() {
  yield '[1';
  yield ',2]';
}

describe('createApp', () => {
  it('takes calls from nobody but the gateway', async () => {
    const stranger = supertest(`http://127.0.0.1:${server.port}`);
    expect((await stranger.get('/things')).status).toBe(403);
    expect((await stranger.get('/things').set(INTERNAL_HEADERS.secret, `${SECRET}x`)).status).toBe(403);
    expect((await stranger.get('/healthz')).body).toEqual({ status: 'ok' });
    expect((await stranger.get('/readyz')).body).toEqual({ status: 'degraded', degraded: ['redis'] });
  });

  it.each([
    ['nothing', {}, ['amount', 'name']],
    ['wrong types', { name: 5, amount: '5' }, ['amount', 'name']],
    ['out of bounds', { name: 'x'.repeat(11), amount: 2_147_483_648 }, ['amount', 'name']],
    ['null', { name: null, amount: null }, ['amount', 'name']],
    ['an unknown member', { name: 'a', amount: 1, extra: 1 }, ['extra']],
    ['NUL, which PostgreSQL cannot hold', { name: 'a\0b', amount: 1 }, ['name']],
    ['a wrong element', { name: 'a', amount: 1, tags: ['x', 5] }, ['tags.1']],
  ])('a body with %s is a fault that names the parameters', async (_case, body, paths) => {
    const response = await client.post('/things').send(body);
    expect([response.status, response.headers['content-type'], response.body.code]).toEqual([
      400,
      'application/problem+json',
      'BAD_PARAMETER',
    ]);
    expect(response.body.details.map(({ path }: { path: string }) => path).sort()).toEqual(paths);
  });

  it('a fault never holds the value that was wrong', async () => {
    const response = await client.post('/things').send({ name: 'sup3r-s3cret-value', amount: 'sup3r-s3cret' });
    expect(response.text).not.toContain('s3cret');
  });

  it.each([
    ['malformed JSON', 'application/json', '{"name":', 400, 'BAD_BODY'],
    ['a list', 'application/json', '[]', 400, 'BAD_PARAMETER'],
    ['nesting without end', 'application/json', `{"tags":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'BAD_PARAMETER'],
    ['another content type', 'text/plain', 'name=a', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', 'application/json; charset=latin1', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['too much', 'application/json', `{"name":"${'x'.repeat(300_000)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
    ['a parameter twice', 'application/x-www-form-urlencoded', 'name=a&name=b&amount=1', 400, 'BAD_PARAMETER'],
  ])('%s is a clear fault', async (_case, type, body, status, code) => {
    const response = await client.post('/things').set('content-type', type).send(body);
    expect([response.status, response.body.code]).toEqual([status, code]);
  });

  it('a form is read into the types of the schema, JSON is not', async () => {
    const response = await client.post('/things').type('form').send({ name: 'a', amount: '12' });
    expect(response.body).toEqual({ thing: { name: 'a', amount: 12 } });
  });

  it('multipart fields are read where an endpoint takes them, files are refused', async () => {
    expect((await client.post('/form').field('a', '1').field('b', 'ü')).body).toEqual({ kind: 'form', fields: { a: '1', b: 'ü' } });
    expect((await client.post('/form').attach('f', Buffer.from('x'), 'f.txt')).status).toBe(415);
    expect((await client.post('/form').field('a', 'x'.repeat(2_000))).status).toBe(413);
    expect((await client.post('/form').set('content-type', 'multipart/form-data').send('x')).status).toBe(400);
    expect((await client.post('/things').field('name', 'a')).status).toBe(415);
  });

  it('a query parameter given twice is refused, an unknown one ignored', async () => {
    expect((await client.get('/things?page=2&page=2')).body.details).toEqual([{ path: 'page', message: 'was given more than once' }]);
    expect((await client.get('/things?page=2&colour=red')).body).toEqual({ page: 2 });
  });

  it('an unknown path and a wrong method are faults, with Allow', async () => {
    expect((await client.get('/nowhere')).body.code).toBe('UNKNOWN_ROUTE');
    expect((await client.get('/%E0%A4%A')).status).toBe(404);
    const response = await client.delete('/things');
    expect([response.status, response.headers.allow, response.body.code]).toEqual([405, 'POST, GET, HEAD', 'METHOD_NOT_ALLOWED']);
  });

  it('an unexpected error is INTERNAL: the caller learns nothing, the log all but the secrets', async () => {
    const response = await client.get('/broken');
    expect([response.status, response.body.code]).toEqual([500, 'INTERNAL']);
    expect(response.text).not.toMatch(/ABCD|postgres/);
    const line = logLines.find((candidate) => candidate.includes('"level":"error"'));
    expect(line).toContain('****-****-****-NPQR');
    expect(line).not.toMatch(/ABCD|hunter22/);
  });

  it('HEAD answers as GET without a body', async () => {
    const response = await client.head('/things');
    expect([response.status, response.text, response.headers['content-length']]).toEqual([200, undefined, '10']);
    expect((await client.get('/stream')).body).toEqual([1, 2]);
    expect((await client.head('/stream')).status).toBe(200);
  });

  it('every attempt is told, with the endpoint, who and how it ended', async () => {
    attempts.length = 0;
    await client
      .post('/things')
      .set(INTERNAL_HEADERS.address, '::ffff:203.0.113.9')
      .set('x-request-id', 'r-1')
      .send({ name: 'a', amount: 1 });
    await client.post('/things').send({});
    expect(attempts).toEqual([
      expect.objectContaining({
        endpoint: 'createThing',
        principal: 'user:7',
        address: '203.0.113.9',
        status: 201,
        outcome: 'OK',
        requestId: 'r-1',
      }),
      expect.objectContaining({ endpoint: 'createThing', status: 400, outcome: 'BAD_PARAMETER', dialect: 'keys' }),
    ]);
  });
});
