import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a start has to say. */
export interface Announcement {
  readonly baseUrl: string;
  readonly dataDir: string;
  /** Set when this start made it. */
  readonly newAdminToken: string | undefined;
  readonly adminTokenFile: string | undefined;
  /** One curl an API, when there is a demo. */
  readonly curls: readonly (readonly [api: string, curl: string])[];
}

const OWNER_ONLY = 0o600;

/**
 * Says what to do next. On a terminal it shows the examples; elsewhere output is kept as a log, which is no place for
 * secrets, so they go to a file that only its owner reads.
 */
export function announce(announcement: Announcement, isTerminal: boolean): string {
  const { baseUrl, dataDir, curls, newAdminToken, adminTokenFile } = announcement;
  const lines = [`Gatehouse is ready at ${baseUrl}`];
  if (adminTokenFile !== undefined) {
    const shown = newAdminToken !== undefined && isTerminal ? `: ${newAdminToken}` : '';
    lines.push(`The operator's token is in ${adminTokenFile}${shown}`);
  }
  if (curls.length > 0) lines.push(...showCurls('One call for each API', dataDir, curls, isTerminal));
  lines.push('', 'Stop with Ctrl+C.');
  return `${lines.join('\n')}\n`;
}

/** Says that the demo's secrets had run out, and shows the examples anew, as {@link announce} does. */
export function announceRenewal(dataDir: string, curls: Announcement['curls'], isTerminal: boolean): string {
  return `${showCurls('The demo was renewed. One call for each API, as they work now', dataDir, curls, isTerminal).join('\n')}\n`;
}

function showCurls(title: string, dataDir: string, curls: Announcement['curls'], isTerminal: boolean): string[] {
  if (!isTerminal) return [`${title}: ${writeCurls(dataDir, curls)}`];
  return ['', `${title}, to be pasted into another terminal:`, ...curls.flatMap(([api, curl]) => ['', `# ${api}`, curl])];
}

function writeCurls(dataDir: string, curls: Announcement['curls']): string {
  const file = join(dataDir, 'demo-curls.txt');
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, curls.map(([api, curl]) => `# ${api}\n${curl}\n`).join('\n'), { mode: OWNER_ONLY });
  return file;
}
