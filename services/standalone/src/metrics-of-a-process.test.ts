import { createServer } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { type StandaloneProcess, startProcess } from './testing/start-process.ts';

const PLANTED = 'psk_planted0123456789planted0123456789';
let running: StandaloneProcess;

afterEach(async () => {
  await running.end('SIGTERM');
  await running.remove();
});

/** A port that nobody has at this moment. */
function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

it('METRICS_PORT tells of requests, refusals and what the process depends on; the public port tells nothing', async () => {
  const port = await findFreePort();
  running = await startProcess({ METRICS_PORT: String(port) });
  await fetch(`${running.baseUrl}/api/v1/status.php?api_key=${PLANTED}`);
  await fetch(`${running.baseUrl}/keys/${PLANTED}`, { headers: { authorization: `Bearer ${PLANTED}` } });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain('endpoint="getStatus",method="GET",status="200"} 1');
  expect(text).toContain('gatehouse_refusals_total{service="licensing",dialect="keys",fault="BAD_CREDENTIAL"} 1');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text).not.toContain('planted');
  if (process.env.TEST_DATABASE_URL) expect(text).toMatch(/gatehouse_db_pool_connections\{state="idle"\} [1-9]/);
  if (process.env.TEST_REDIS_URL) expect(text).toContain('gatehouse_redis_up 1\n');
  expect((await fetch(`${running.baseUrl}/metrics`)).status).toBe(404);
});
