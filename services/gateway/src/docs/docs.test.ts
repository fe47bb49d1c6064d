import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, type Listening } from '@gatehouse/http';
import { createLimits } from '@gatehouse/limits';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { startGateway } from '../start-gateway.ts';
import { createDocsCollector } from './collect-docs.ts';

// The documents themselves are held against the real services in services/standalone.

let upstream: Server;
let gateway: Listening;
let client: ReturnType<typeof supertest.agent>;
let answer: { readonly status: number; readonly type: string; readonly text: string };

beforeAll(async () => {
  upstream = createServer((_request, response) => response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.text));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    upstreams: { licensing: url, accounts: url, hotspot: url },
    internalSecret: 'x'.repeat(32),
    cloudDomain: 'cloud.test',
    trustProxy: [],
    rateLimits: createLimits(),
    log: createLog('test', 'silent'),
  });
  client = supertest.agent(`http://127.0.0.1:${gateway.port}`);
});
afterAll(async () => {
  await gateway.close(0);
  upstream.close();
});

it.each([
  [200, 'text/html', '<h1>It works!</h1>'],
  [200, 'application/json', '{"operations": "none"}'],
  [500, 'application/json', '{"operations": [], "pages": {}}'],
])('a service that answers %d %s %s has no document yet', async (status, type, text) => {
  answer = { status, type, text };
  await client.get('/openapi/keys.json').expect(502).expect('content-type', 'application/problem+json');
});

it('a service that went away leaves what it told, and one that came later is asked again', async () => {
  let now = 0;
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const collect = createDocsCollector({ urls: [url, url], log: createLog('test', 'silent'), now: () => now });
  const tell = (page: string) => {
    answer = { status: 200, type: 'application/json', text: JSON.stringify({ operations: [], pages: { page } }) };
  };
  const pages = async () => (await collect()).map((docs) => docs.pages.page);
  tell('first');
  expect(await pages()).toEqual(['first']);
  tell('second');
  expect(await pages()).toEqual(['first']);
  answer = { status: 503, type: 'text/plain', text: 'away' };
  now += 61_000;
  expect(await pages()).toEqual(['first']);
  tell('third');
  now += 3_000;
  expect(await pages()).toEqual(['third']);
});

it('a cloud host answers its site only', async () => {
  answer = { status: 200, type: 'application/json', text: '{}' };
  for (const path of ['/docs', '/openapi/keys.json']) {
    const { text } = await client.get(path).set('host', 'abcdef0123.cloud.test');
    expect(text).toBe('{}');
  }
});
