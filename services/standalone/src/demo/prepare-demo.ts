import { isDeepStrictEqual } from 'node:util';
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

type Curls = ReturnType<typeof demoCurls>;

/** The demo of an instance. */
export interface Demo {
  /** One curl a documented API. */
  readonly curls: Curls;
  /** Renews what has run out since the last start. @returns the curls that hold now; null when those before hold */
  renew(): Promise<Curls | null>;
}

/** Fills the demo at the first start; later ones find it, and renew it once they are ready: mostly there is nothing to renew. */
export async function prepareDemo({ baseUrl, adminToken, dataDir, now }: DemoOptions): Promise<Demo> {
  const api = createApiClient(baseUrl);
  const renew = async (state: DemoState): Promise<DemoState> => {
    const renewed = await renewDemo(api, adminToken, state, now);
    if (!isDeepStrictEqual(renewed, state)) writeDemoState(dataDir, renewed);
    return renewed;
  };
  const kept = readDemoState(dataDir);
  if (kept !== null) {
    const curls = demoCurls(baseUrl, kept);
    return {
      curls,
      async renew() {
        const renewed = demoCurls(baseUrl, await renew(kept));
        return isDeepStrictEqual(renewed, curls) ? null : renewed;
      },
    };
  }
  const filled = await fillDemo(api, adminToken, now);
  // A start that is ended here must find it the next time.
  writeDemoState(dataDir, filled);
  return { curls: demoCurls(baseUrl, await renew(filled)), renew: async () => null };
}
