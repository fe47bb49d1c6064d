import http from 'node:http';
import { startTestService } from '@gatehouse/testing';
import { INTERNAL_HEADERS } from '@gatehouse/http';
import { INTERNAL_SECRET } from '@gatehouse/testing';
import { it } from '@jest/globals';
import express from 'express';
import { webApiRoutes } from './index.ts';
import { seedMember } from './testing/seed-member.ts';
it('perf', async () => {
  const app = await startTestService({ routes: webApiRoutes });
  const ada = await seedMember(app.deps);
  const hello = express(); hello.get('/', (_q, s) => { s.json({ hello: 'world' }); });
  const hs = hello.listen(0); const port = (hs.address() as { port: number }).port;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const get = (url: string, headers: Record<string, string>) => new Promise<number>((resolve, reject) => {
    http.get(url, { agent, headers }, (r) => { r.resume(); r.on('end', () => resolve(r.statusCode ?? 0)); }).on('error', reject);
  });
  const run = async (name: string, url: string, headers: Record<string, string>) => {
      const start = performance.now(); let n = 0; let bad = 0;
      await Promise.all(Array.from({ length: 32 }, async () => { while (performance.now() - start < 2000) { if (await get(url, headers) !== 200) bad++; n++; } }));
      console.log(name, Math.round(n / (performance.now() - start) * 1000), '/s', 'bad', bad);
  };
  for (let r = 0; r < 3; r++) {
    await run('hello', `http://127.0.0.1:${port}/`, {});
    await run('service', `${app.url}/api.php?key=${ada.keyValue}&cmd=getMember`, { [INTERNAL_HEADERS.secret]: INTERNAL_SECRET, [INTERNAL_HEADERS.address]: '203.0.113.7' });
    await run('gateway', `${app.gatewayUrl}/api.php?key=${ada.keyValue}&cmd=getMember`, { 'x-forwarded-for': '203.0.113.7' });
  }
  agent.destroy(); hs.close();
  await app.close();
});
