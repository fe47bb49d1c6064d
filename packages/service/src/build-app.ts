import { createApp, type Route } from '@gatehouse/http';
import type { Express } from 'express';
import { attemptsRoute, INTERNAL_DIALECT } from './audit/attempts-route.ts';
import type { ServiceDeps } from './deps.ts';

/** Builds the Express application of a service from its routes, with the audit and readiness that all services share. */
export function buildApp(name: string, deps: ServiceDeps, routes: readonly Route[]): Express {
  return createApp({
    name,
    routes: [attemptsRoute(deps.audit), ...routes],
    log: deps.log,
    internalSecret: deps.internalSecret,
    clock: deps.clock,
    metrics: deps.metrics,
    onAttempt(attempt) {
      if (attempt.undeclaredProxy === true) deps.sightings.undeclaredProxyAt = attempt.at;
      // What the gateway hands in is in the audit already, as the attempts that it is.
      if (attempt.dialect !== INTERNAL_DIALECT || attempt.status >= 400) deps.audit.record(attempt);
    },
    async ready() {
      await deps.db.ping();
      return { degraded: deps.redis?.status() === 'lost' ? ['redis'] : [] };
    },
  });
}
