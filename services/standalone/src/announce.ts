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
  const { baseUrl, curls, newAdminToken, adminTokenFile } = announcement;
  const lines = [`Gatehouse is ready at ${baseUrl}`];
  if (adminTokenFile !== undefined) {
    const shown = newAdminToken !== undefined && isTerminal ? `: ${newAdminToken}` : '';
    lines.push(`The operator's token is in ${adminTokenFile}${shown}`);
  }
  if (curls.length > 0 && isTerminal) {
    lines.push('', 'One call for each API, to be pasted into another terminal:');
    for (const [api, curl] of curls) lines.push('', `# ${api}`, curl);
  } else if (curls.length > 0) {
    lines.push(`One call for each API is in ${writeCurls(announcement)}`);
  }
  lines.push('', 'Stop with Ctrl+C.');
  return `${lines.join('\n')}\n`;
}

function writeCurls({ dataDir, curls }: Announcement): string {
  const file = join(dataDir, 'demo-curls.txt');
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, curls.map(([api, curl]) => `# ${api}\n${curl}\n`).join('\n'), { mode: OWNER_ONLY });
  return file;
}
