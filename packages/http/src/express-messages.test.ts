import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { ownMessages } from './express-messages.ts';

it("Node's objects have the prototypes that Express gives them from the start, and all that Express adds", async () => {
  const app = express();
  app.get('/hello', (request, response) => void response.json({ host: request.get('host') !== undefined, path: request.path }));
  const before: unknown[] = [];
  const after: unknown[] = [];
  const server = createServer(ownMessages(app), (request, response) => {
    before.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    app(request, response);
    after.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { body } = await supertest(`http://127.0.0.1:${port}`).get('/hello').expect(200);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(body).toEqual({ host: true, path: '/hello' });
  expect(after).toEqual(before);
  after.forEach((prototype, index) => {
    expect(prototype).toBe(before[index]);
  });
});
