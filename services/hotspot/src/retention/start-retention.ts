import type { ServiceDeps } from '@gatehouse/service';
import { openTimeZone } from '../time-zone.ts';
import { deleteOld } from './delete-old.ts';

/** The hour of the night, on the site's own clocks. */
const NIGHT_HOUR = 3;
/** Twice within the hour: a run that comes late is still within it, and a second run finds nothing. */
const INTERVAL_MS = 30 * 60 * 1000;

/** Deletes every night what is older than each site says. Several processes may do it at once: they share the work. */
export function startRetention(deps: ServiceDeps): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => runRetention(deps, deps.clock()));
  }, INTERVAL_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Deletes what is old at the sites where it is night now. One site's failure is logged and holds up no other. */
export async function runRetention({ db, log }: ServiceDeps, now: Date): Promise<void> {
  const sites = await loadSites({ db, log });
  for (const { id, timezone, retentionDays } of sites) {
    if (openTimeZone(timezone).hour(now) !== NIGHT_HOUR) continue;
    try {
      const deleted = await deleteOld(db, id, retentionDays, now);
      log.info({ siteId: id, ...deleted }, 'deleted what is older than the site keeps');
    } catch (error) {
      log.warn({ err: error, siteId: id }, 'what is older than the site keeps was not deleted');
    }
  }
}

interface Kept {
  readonly id: number;
  readonly timezone: string;
  readonly retentionDays: number;
}

async function loadSites({ db, log }: Pick<ServiceDeps, 'db' | 'log'>): Promise<Kept[]> {
  try {
    return await db.query<Kept>`SELECT id, timezone, retention_days AS "retentionDays" FROM sites WHERE retention_days IS NOT NULL`;
  } catch (error) {
    log.warn({ err: error }, 'retention could not begin');
    return [];
  }
}
