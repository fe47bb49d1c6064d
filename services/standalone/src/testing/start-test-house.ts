import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAccounts } from '@gatehouse/accounts';
import { startHotspot } from '@gatehouse/hotspot';
import type { Route } from '@gatehouse/http';
import { startLicensing } from '@gatehouse/licensing';
import type { ServiceDeps } from '@gatehouse/service';
import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { createApiClient } from '../demo/api-client.ts';
import type { DemoState } from '../demo/demo-state.ts';
import { fillDemo, renewDemo } from '../demo/fill-demo.ts';

/** All services behind the gateway, with the demo's people, keys and site. */
export interface TestHouse extends TestService {
  readonly demo: DemoState;
  /** All that the services answer. */
  readonly routes: readonly Route[];
}

/** Starts the whole house on one port. */
export async function startTestHouse(): Promise<TestHouse> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-house-'));
  const routes: Route[] = [];
  const house = await startTestService({
    async start(deps: ServiceDeps) {
      const parts = [
        await startLicensing(deps),
        startAccounts(deps, { dataDir, smtpUrl: undefined, telegramBotToken: '123456:test-token-of-a-bot' }),
        await startHotspot(deps, { cloudDomain: undefined, radiusRestPort: undefined, host: '127.0.0.1' }),
      ];
      routes.push(...parts.flatMap((part) => part.routes));
      return { routes, background: parts.flatMap(({ background = [] }) => background) };
    },
  });
  const api = createApiClient(house.gatewayUrl);
  const demo = await renewDemo(api, ADMIN_TOKEN, await fillDemo(api, ADMIN_TOKEN, house.clock()), house.clock());
  return {
    ...house,
    demo,
    routes,
    async close() {
      await house.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
