import { startGateway } from '@gatehouse/gateway';
import { INTERNAL_HEADERS, listen, type Route } from '@gatehouse/http';
import { buildApp, type ServiceDeps, type ServiceParts } from '@gatehouse/service';
import supertest from 'supertest';
import { createTestDeps, INTERNAL_SECRET, type TestDeps, type TestDepsOptions } from './test-deps.ts';

/** A service under test on a real socket, with the real gateway in front. */
export interface TestService extends TestDeps {
  readonly url: string;
  readonly gatewayUrl: string;
  /** Calls the service itself, as the gateway does, from 203.0.113.7; set `x-gatehouse-address` for another caller. */
  readonly service: ReturnType<typeof supertest.agent>;
  /** Calls the gateway, as a client does; `X-Forwarded-For` is believed. */
  readonly gateway: ReturnType<typeof supertest.agent>;
}

/** What {@link startTestService} takes. */
export interface TestServiceOptions extends TestDepsOptions {
  /** What the service answers; with `start` also what runs beside it. One of the two. */
  readonly routes?: (deps: ServiceDeps) => readonly Route[] | Promise<readonly Route[]>;
  readonly start?: (deps: ServiceDeps) => ServiceParts | Promise<ServiceParts>;
  /** Dependencies to share with another service under test; they stay open at close. */
  readonly on?: TestDeps;
  readonly cloudDomain?: string;
}

/** Starts a service and the gateway on free ports. */
export async function startTestService({ routes, start, on, cloudDomain, ...options }: TestServiceOptions): Promise<TestService> {
  const base = on ?? (await createTestDeps(options));
  const { deps } = base;
  const parts = (await start?.(deps)) ?? { routes: (await routes?.(deps)) ?? [] };
  const app = buildApp('test', deps, parts.routes);
  const server = await listen(app, 0, '127.0.0.1');
  const url = `http://127.0.0.1:${server.port}`;
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    upstreams: { licensing: url, accounts: url, hotspot: url },
    internalSecret: INTERNAL_SECRET,
    cloudDomain,
    trustProxy: ['loopback'],
    rateLimits: deps.limits,
    log: deps.log,
  });
  const gatewayUrl = `http://127.0.0.1:${gateway.port}`;
  return {
    ...base,
    url,
    gatewayUrl,
    service: supertest.agent(url).set(INTERNAL_HEADERS.secret, INTERNAL_SECRET).set(INTERNAL_HEADERS.address, '203.0.113.7'),
    gateway: supertest.agent(gatewayUrl),
    async close() {
      await gateway.close(0);
      await server.close(0);
      await Promise.all((parts.background ?? []).map((part) => part.close()));
      if (on === undefined) await base.close();
    },
  };
}
