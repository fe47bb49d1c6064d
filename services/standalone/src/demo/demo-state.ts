import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is kept of the demo: secrets are shown only once, and every start prints them in its examples. */
export interface DemoState {
  readonly sellerId: number;
  readonly memberId: number;
  readonly siteId: number;
  readonly licenceKey: string;
  readonly restApiKey: string;
  readonly phpstrapToken: string;
  readonly altercpaKey: string;
  readonly siteApiKey: string;
}

const OWNER_ONLY = 0o600;

/** Reads what an earlier start kept; null when there is none. */
export function readDemoState(dataDir: string): DemoState | null {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as DemoState;
  } catch {
    return null;
  }
}

/** Keeps it in the data directory, readable by its owner only: all of it or, if this is cut short, what was there before. */
export function writeDemoState(dataDir: string, state: DemoState): void {
  const half = `${fileIn(dataDir)}.new`;
  writeFileSync(half, `${JSON.stringify(state, null, 2)}\n`, { mode: OWNER_ONLY });
  renameSync(half, fileIn(dataDir));
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'demo.json');
}
