import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { createLog, createMetrics, type Listening, type Metrics, type Route } from '@gatehouse/http';
import { createLimits } from '@gatehouse/limits';
import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { startGateway } from './start-gateway.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const PLANTED = 'psk_planted0123456789planted0123456789';

const route: Route = {
  dialect: 'keys',
  path: '/keys',
  name: '/keys',
  methods: ['GET'],
  handle(request) {
    request.log.info('handled');
    return { status: 200, body: { traceparent: request.header('traceparent') ?? null, tracestate: request.header('tracestate') ?? null } };
  },
};

const lines: string[] = [];
const destination = new Writable({
  write(line: Buffer, _encoding, done) {
    lines.push(String(line));
    done();
  },
});
let app: TestService;

beforeAll(async () => {
  app = await startTestService({ routes: () => [route], log: createLog('test', 'info', destination) });
});
afterAll(() => app.close());

/** The log lines of one request. */
function linesOf(requestId: string): Record<string, unknown>[] {
  return lines.map((line): Record<string, unknown> => JSON.parse(line)).filter((line) => line.requestId === requestId);
}

describe('a trace', () => {
  it('goes on to the service, and stands in the logs of both with the request id', async () => {
    const { body } = await app.gateway.get('/keys').set({ traceparent: TRACE, tracestate: 'a=1', 'x-request-id': 'traced' }).expect(200);
    expect(body).toEqual({ traceparent: TRACE, tracestate: 'a=1' });
    const logged = linesOf('traced');
    expect(logged.map(({ msg, traceparent }) => [msg, traceparent])).toEqual([
      ['handled', TRACE],
      ['request', TRACE],
    ]);
  });

  it.each(['nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `${TRACE}, ${TRACE}`])(
    'of the form %s is dropped, with its state',
    async (traceparent) => {
      const { body } = await app.gateway.get('/keys').set({ traceparent, tracestate: 'a=1', 'x-request-id': 'untraced' }).expect(200);
      expect(body).toEqual({ traceparent: null, tracestate: null });
      expect(linesOf('untraced').some((line) => 'traceparent' in line)).toBe(false);
    },
  );
});

describe('metrics of the gateway', () => {
  let metrics: Metrics;
  let gateway: Listening;
  let upstream: Server;

  beforeAll(async () => {
    metrics = await createMetrics();
    upstream = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    gateway = await startGateway({
      port: 0,
      host: '127.0.0.1',
      // Nobody listens at the second.
      upstreams: { licensing: url, accounts: 'http://127.0.0.1:1', hotspot: url },
      internalSecret: 'x'.repeat(32),
      cloudDomain: undefined,
      trustProxy: [],
      rateLimits: createLimits(),
      log: createLog('test', 'silent'),
      limits: { reconnectMs: 0 },
      metrics,
    });
  });
  afterAll(async () => {
    await gateway.close(0);
    upstream.close();
  });

  it('count what it passed on, what it refused and why, and nothing that a client sent', async () => {
    const client = supertest(`http://127.0.0.1:${gateway.port}`);
    await client.get(`/keys/${PLANTED}?key=${PLANTED}`).set('authorization', PLANTED).expect(200);
    await client.get(`/api/v1/me.php?api_key=${PLANTED}`).expect(500);
    await client.get(`/${PLANTED}`).expect(404);
    await client.get('/healthz').expect(200);
    const { text } = await metrics.render();
    expect(text).toContain(
      'http_requests_total{service="gateway",dialect="keys",route="licensing service",endpoint="forward",method="GET",status="200"} 1',
    );
    expect(text).toContain('gatehouse_refusals_total{service="gateway",dialect="phpstrap",fault="SERVICE_DOWN"} 1');
    expect(text).toContain('gatehouse_refusals_total{service="gateway",dialect="none",fault="UNKNOWN_ROUTE"} 1');
    expect(text).not.toContain('planted');
    expect(text).not.toContain('healthz');
  });
});
