import { createApiClient } from './api-client.ts';
import { demoCurls } from './demo-curls.ts';
import { type DemoState, readDemoState, writeDemoState } from './demo-state.ts';
import { fillDemo, renewDemo } from './fill-demo.ts';

/** What {@link prepareDemo} takes. */
export interface DemoOptions {
  readonly baseUrl: string;
  readonly adminToken: string;
  readonly dataDir: string;
  readonly now: Date;
}

/**
 * Fills the demo at the first start and renews what of it has run out at every later one.
 * @returns one curl a documented API
 */
export async function prepareDemo({ baseUrl, adminToken, dataDir, now }: DemoOptions): Promise<ReturnType<typeof demoCurls>> {
  const api = createApiClient(baseUrl);
  const kept = readDemoState(dataDir);
  const filled: DemoState = kept ?? (await fillDemo(api, adminToken, now));
  if (kept === null) writeDemoState(dataDir, filled);
  const state = await renewDemo(api, adminToken, filled, now);
  writeDemoState(dataDir, state);
  return demoCurls(baseUrl, state);
}
