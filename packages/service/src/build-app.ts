import { createApp, type Route } from '@gatehouse/http';
import type { Express } from 'express';
import type { ServiceDeps } from './deps.ts';

/** Builds the Express application of a service from its routes, with the audit and readiness that all services share. */
export function buildApp(name: string, deps: ServiceDeps, routes: readonly Route[]): Express {
  return createApp({
    name,
    routes,
    log: deps.log,
    internalSecret: deps.internalSecret,
    clock: deps.clock,
    onAttempt: (attempt) => deps.audit.record(attempt),
    async ready() {
      await deps.db.ping();
      return { degraded: deps.redis?.status() === 'lost' ? ['redis'] : [] };
    },
  });
}
