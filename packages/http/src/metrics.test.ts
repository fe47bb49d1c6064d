import { Fault } from '@gatehouse/faults';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Joi from 'joi';
import supertest from 'supertest';
import { createApp } from './app.ts';
import { type AnyEndpoint, endpoint, toRoutes } from './endpoint.ts';
import { INTERNAL_HEADERS } from './internal-headers.ts';
import { ListenError, type Listening, listen } from './listen.ts';
import { createLog } from './log.ts';
import { createMetrics, watchRedis } from './metrics.ts';
import { ok } from './reply.ts';
import { type ServedMetrics, serveMetrics } from './serve-metrics.ts';

const SECRET = 'secret-between-gateway-and-service';
const PLANTED = 'psk_planted0123456789planted0123456789';
const HOST = '127.0.0.1';

const endpoints: AnyEndpoint<null>[] = [
  endpoint({
    name: 'getThing',
    method: 'GET',
    path: '/things/:id',
    summary: 'A thing.',
    admit: { scheme: 'none', check: async () => null },
    params: Joi.object<{ id: string }>({ id: Joi.string() }),
    replies: { 200: null },
    faults: [],
    async handle({ params: { id }, request }) {
      // A handler that notes what it should not: labels come from the table of routes all the same.
      if (id === 'noted') request.notes.endpoint = PLANTED;
      if (id === 'gone') throw new Fault('NOT_FOUND', { detail: PLANTED });
      return ok({});
    },
  }),
];

let metrics: ServedMetrics;
let server: Listening;
let client: ReturnType<typeof supertest.agent>;

beforeAll(async () => {
  const served = await serveMetrics(0, HOST);
  if (served === undefined) throw new Error('metrics are off');
  metrics = served;
  const app = createApp({
    name: 'things',
    routes: toRoutes(endpoints, { dialect: 'native', db: null, principalName: () => 'anonymous' }),
    log: createLog('test', 'silent'),
    internalSecret: SECRET,
    clock: () => new Date(),
    onAttempt: () => undefined,
    metrics,
    ready: async () => ({}),
  });
  server = await listen(app, 0, HOST);
  client = supertest.agent(`http://${HOST}:${server.port}`).set(INTERNAL_HEADERS.secret, SECRET);
});
afterAll(async () => {
  await server.close(0);
  await metrics.close();
});

async function scrape(): Promise<string> {
  const { text } = await supertest(`http://${HOST}:${metrics.port}`)
    .get('/metrics')
    .expect(200)
    .expect('content-type', /^text\/plain/);
  return text;
}

describe('requests', () => {
  it('are counted by path pattern, endpoint, method and status, and timed', async () => {
    await client.get('/things/1').expect(200);
    await client.get('/things/2').expect(200);
    const text = await scrape();
    const labels = 'service="things",dialect="native",route="/things/:id",endpoint="getThing",method="GET"';
    expect(text).toContain(`http_requests_total{${labels},status="200"} 2`);
    expect(text).toContain(`http_request_duration_seconds_count{${labels}} 2`);
    expect(text).toMatch(/http_request_duration_seconds_bucket\{le="10",[^}]+\} 2/);
  });

  it('that are refused are counted by fault', async () => {
    await client.get('/things/gone').expect(404);
    expect(await scrape()).toContain('gatehouse_refusals_total{service="things",dialect="native",fault="NOT_FOUND"} 1');
  });

  it('put nothing into a label that a client sent or a handler noted', async () => {
    await client.get('/things/noted').expect(200);
    await client.get(`/things/${PLANTED}`).set('authorization', `Bearer ${PLANTED}`).expect(200);
    await client.get(`/${PLANTED}?key=${PLANTED}`).expect(404);
    await client.post(`/things/${PLANTED}`).send({ secret: PLANTED }).expect(405);
    await client.report('/things/1').expect(405);
    const text = await scrape();
    expect(text).not.toContain('planted');
    expect(text).toContain('route="unknown",endpoint="unknown",method="GET",status="404"');
    expect(text).toContain('route="/things/:id",endpoint="unknown",method="other",status="405"');
  });
});

it('the delay of the event loop and what Node itself uses are there', async () => {
  const text = await scrape();
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes', 'nodejs_gc_duration_seconds']) {
    expect(text).toContain(`# TYPE ${name}`);
  }
});

it('gauges read what is so when they are asked', async () => {
  const own = await createMetrics();
  let status: 'ready' | 'lost' = 'ready';
  watchRedis(own, { status: () => status });
  own.gauge('pool', 'Connections', () => ({ idle: 2, busy: 1 }), 'state');
  expect((await own.render()).text).toContain('gatehouse_redis_up 1\n');
  status = 'lost';
  const { text } = await own.render();
  expect(text).toContain('gatehouse_redis_up 0\n');
  expect(text).toContain('gatehouse_limiter_degraded 1\n');
  expect(text).toContain('pool{state="idle"} 2\n');
});

it('the port answers /metrics and nothing else', async () => {
  for (const path of ['/', '/healthz', '/metrics/x']) await supertest(`http://${HOST}:${metrics.port}`).get(path).expect(404);
  await supertest(`http://${HOST}:${metrics.port}`).post('/metrics').expect(404);
});

it('without METRICS_PORT there are none', async () => {
  expect(await serveMetrics(undefined, HOST)).toBeUndefined();
});

it('a port in use is told by the name of its setting', async () => {
  const refused = serveMetrics(metrics.port, HOST);
  await expect(refused).rejects.toThrow(ListenError);
  await expect(refused).rejects.toThrow(/METRICS_PORT/);
});
