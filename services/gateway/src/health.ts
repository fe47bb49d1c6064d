import type { ServerResponse } from 'node:http';
import { request } from 'undici';

const TIME_LIMIT_MS = 3_000;

/**
 * Answers `/healthz` (this process is alive) and `/readyz` (every service can serve; a service that works without
 * Redis counts as ready and `degraded` names it).
 * @returns whether the path was one of them
 */
export async function answerHealth(path: string, upstreams: Readonly<Record<string, string>>, response: ServerResponse): Promise<boolean> {
  if (path === '/healthz') {
    send(response, 200, { status: 'ok' });
    return true;
  }
  if (path !== '/readyz') return false;
  const states = await Promise.all(Object.entries(upstreams).map(async ([name, url]) => [name, await askService(url)] as const));
  const down = states.filter(([, state]) => state === 'down').map(([name]) => name);
  const degraded = states.filter(([, state]) => state === 'degraded').map(([name]) => name);
  if (down.length > 0) send(response, 503, { status: 'not ready', down });
  else send(response, 200, { status: degraded.length > 0 ? 'degraded' : 'ready', degraded });
  return true;
}

async function askService(url: string): Promise<'ready' | 'degraded' | 'down'> {
  try {
    const { statusCode, body } = await request(`${url}/readyz`, { headersTimeout: TIME_LIMIT_MS, bodyTimeout: TIME_LIMIT_MS });
    const { status } = (await body.json()) as { readonly status?: unknown };
    if (statusCode !== 200) return 'down';
    return status === 'degraded' ? 'degraded' : 'ready';
  } catch {
    return 'down';
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
