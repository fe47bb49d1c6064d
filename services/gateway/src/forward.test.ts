import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { Fault } from '@gatehouse/faults';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createForwarder, type Forwarder, type ForwardLimits } from './forward.ts';

const LIMITS: ForwardLimits = {
  answerMs: 5_000,
  places: 2,
  queue: 2,
  queueMs: 5_000,
  reconnectMs: 0,
  connectionTtlMs: 1,
};
const ARRIVAL_MS = 3_000;
const get = { method: 'GET', target: '/', headers: [], body: null };
let service: Server;
let waiting: ServerResponse[];
let forwarder: Forwarder;

beforeEach(async () => {
  waiting = [];
  service = createServer((_request, response) => void waiting.push(response)).listen(0, '127.0.0.1');
  await once(service, 'listening');
});
afterEach(async () => {
  for (const response of waiting) response.destroy();
  await forwarder.close();
  service.close();
});

function open(limits: Partial<ForwardLimits> = {}): void {
  forwarder = createForwarder(`http://127.0.0.1:${(service.address() as AddressInfo).port}`, { ...LIMITS, ...limits });
}

/** Waits until the service has so many requests before it. @throws Error when they do not come */
async function arrived(count: number): Promise<ServerResponse[]> {
  const end = Date.now() + ARRIVAL_MS;
  while (waiting.length < count && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
  if (waiting.length < count) throw new Error(`${waiting.length} of ${count} requests came`);
  return waiting.splice(0);
}

const answer = (response: ServerResponse) => response.setHeader('content-type', 'application/json').end('{}');
const codeOf = (error: unknown) => (error instanceof Fault ? error.code : error);

it('serves after a rest, when all connections of a busy time have grown old', async () => {
  open();
  for (let round = 0; round < 3; round += 1) {
    const answers = [forwarder.send(get), forwarder.send(get)];
    for (const response of await arrived(2)) answer(response);
    expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(['success', 'success']);
    const restedAt = Date.now();
    while (Date.now() < restedAt + 2 * LIMITS.connectionTtlMs) await new Promise((resolve) => setImmediate(resolve));
  }
});

it('lets no more through at once than there are places; the others go on in their order', async () => {
  open();
  const order: number[] = [];
  const answers = [1, 2, 3, 4].map((number) => forwarder.send(get).then(() => order.push(number)));
  const first = await arrived(2);
  expect(await forwarder.send(get).catch(codeOf)).toBe('OVERLOADED');
  for (const response of first) answer(response);
  for (const response of await arrived(2)) answer(response);
  await Promise.all(answers);
  expect(order).toEqual([1, 2, 3, 4]);
});

it('refuses a request that got no place in time, and the place is not lost', async () => {
  open({ places: 1, queueMs: 20 });
  const slow = forwarder.send(get);
  expect(await forwarder.send(get).catch(codeOf)).toBe('OVERLOADED');
  for (const response of await arrived(1)) answer(response);
  await slow;
  const next = forwarder.send(get);
  for (const response of await arrived(1)) answer(response);
  expect((await next).kind).toBe('success');
});

it('a streamed answer holds its place until its end, also when nobody reads on', async () => {
  open({ places: 1, queue: 0 });
  const streamed = forwarder.send(get);
  const [response] = await arrived(1);
  response?.setHeader('content-type', 'text/csv').write('a,b\n');
  const found = await streamed;
  expect(await forwarder.send(get).catch(codeOf)).toBe('OVERLOADED');
  if (found.kind !== 'success' || Buffer.isBuffer(found.body)) throw new Error('This was to be a stream.');
  const { body } = found;
  await new Promise((resolve) => {
    body.on('error', () => undefined).once('close', resolve);
    body.destroy();
  });
  const next = forwarder.send(get);
  for (const later of await arrived(1)) answer(later);
  expect((await next).kind).toBe('success');
});

it('an answer that is rubbish from its first piece on, in one packet with its head, breaks off for its reader and nobody else', async () => {
  const rubbish = createRawServer((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n'));
  }).listen(0, '127.0.0.1');
  await once(rubbish, 'listening');
  forwarder = createForwarder(`http://127.0.0.1:${(rubbish.address() as AddressInfo).port}`, LIMITS);
  const found = await forwarder.send(get);
  if (found.kind !== 'success' || Buffer.isBuffer(found.body)) throw new Error('This was to be a stream.');
  const [error] = await once(found.body, 'error');
  expect(error).toBeInstanceOf(Error);
  rubbish.close();
});
