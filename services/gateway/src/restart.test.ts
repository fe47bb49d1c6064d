import { createLog, type Listening, listen } from '@gatehouse/http';
import { createLimits } from '@gatehouse/limits';
import { expect, it } from '@jest/globals';
import { startGateway } from './start-gateway.ts';

it('a service that restarts under load loses no request, and serves none twice', async () => {
  const served = new Map<string, number>();
  const openService = (port: number): Promise<Listening> =>
    listen(
      (request, response) => {
        const id = String(request.headers['x-request-id']);
        served.set(id, (served.get(id) ?? 0) + 1);
        setTimeout(() => response.setHeader('content-type', 'application/json').end('{}'), 5);
      },
      port,
      '127.0.0.1',
    );
  let service = await openService(0);
  const { port } = service;
  const url = `http://127.0.0.1:${port}`;
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    upstreams: { licensing: url, accounts: url, hotspot: url },
    internalSecret: 'secret',
    cloudDomain: undefined,
    trustProxy: [],
    rateLimits: createLimits(),
    log: createLog('gateway', 'silent'),
  });
  const statuses: number[] = [];
  let isOver = false;
  const sendSteadily = async () => {
    while (!isOver) statuses.push((await fetch(`http://127.0.0.1:${gateway.port}/keys`, { method: 'POST' })).status);
  };
  const senders = Array.from({ length: 8 }, sendSteadily);
  for (let restart = 0; restart < 3; restart += 1) {
    await service.close();
    service = await openService(port);
    const before = statuses.length;
    while (statuses.length < before + 50) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  isOver = true;
  await Promise.all(senders);
  await gateway.close();
  await service.close();
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(Math.max(...served.values())).toBe(1);
  expect(served.size).toBe(statuses.length);
});
