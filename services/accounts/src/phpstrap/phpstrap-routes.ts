import { Fault } from '@gatehouse/faults';
import { type Reply, type Route, type ServiceRequest, toRoutes } from '@gatehouse/http';
import { endpointHost, type ServiceDeps } from '@gatehouse/service';
import { createCallers } from './callers.ts';
import { corsHeaders } from './cors-headers.ts';
import { getMe } from './get-me.ts';
import { getStatus } from './get-status.ts';
import { listUsers } from './list-users.ts';

/** All endpoints are read (phpstrap.md, order of checks). */
const METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

/** The user-data API at `/api/v1`: its endpoints, and what every reply of theirs carries. Mount it before altercpa's routes. */
export function phpstrapRoutes(deps: ServiceDeps): Route[] {
  const callers = createCallers(deps);
  const endpoints = toRoutes(phpstrapEndpoints(deps, callers), endpointHost(deps, 'phpstrap'));

  async function finish(request: ServiceRequest, reply: Reply): Promise<Reply> {
    const [figures, cors] = await Promise.all([callers.figures(request), corsHeaders(request, callers.settings)]);
    return Object.assign({}, reply, { headers: Object.assign({}, reply.headers, figures, cors) });
  }

  const mounted = endpoints.map(
    (route): Route => ({
      ...route,
      methods: METHODS,
      finish,
      // A preflight carries no token, and a browser told 503 would not show its page the envelope: it is answered before all checks.
      handle: (request) => (request.method === 'OPTIONS' ? { status: 204, headers: { allow: METHODS.join(', ') } } : route.handle(request)),
    }),
  );
  return [
    ...mounted,
    { dialect: 'phpstrap', path: ['/api/v1', '/api/v1/*rest'], name: 'unknown', methods: [], handle: refusePath, finish },
  ];
}

/** The endpoints as data: routing, documentation and tests come from it. */
export function phpstrapEndpoints(deps: ServiceDeps, callers = createCallers(deps)) {
  return [getStatus(deps, callers), getMe(callers), listUsers(callers)];
}

function refusePath(): never {
  throw new Fault('UNKNOWN_ROUTE');
}
