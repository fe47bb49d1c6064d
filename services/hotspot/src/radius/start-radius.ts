import { createApp, type Listening, listen } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { radiusRoutes } from './radius-routes.ts';
import { startSweeping } from './sweep-stale-sessions.ts';

/** Where FreeRADIUS is to call. */
export interface RadiusOptions {
  readonly port: number;
  readonly host: string;
}

/**
 * Opens the port for FreeRADIUS and ends stale sessions beside it.
 * @throws ListenError when the port cannot be had
 */
export async function startRadius(deps: ServiceDeps, { port, host }: RadiusOptions): Promise<Listening> {
  const app = createApp({
    name: 'radius',
    routes: radiusRoutes(deps),
    // A line for each report of each access point would bury the rest; what goes wrong is told.
    log: deps.log.child({}, { level: deps.log.isLevelEnabled('warn') ? 'warn' : deps.log.level }),
    internalSecret: deps.internalSecret,
    clock: deps.clock,
    // Guests' logins have a log of their own, which the site reads.
    onAttempt: () => undefined,
    async ready() {
      await deps.db.ping();
      return {};
    },
  });
  const server = await listen(app, port, host);
  const sweeping = startSweeping(deps);
  return {
    ...server,
    async close(graceMs) {
      await Promise.all([server.close(graceMs), sweeping.close()]);
    },
  };
}
