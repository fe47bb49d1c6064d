import type { ServiceRequest } from '@gatehouse/http';
import type { Settings } from '@gatehouse/service';

const EXPOSED = 'X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id';
/** How long a browser may remember a preflight. */
const MAX_AGE_SECONDS = 600;

/**
 * What a browser on another origin needs to read a reply (Fetch standard, CORS protocol): only for the origins that the
 * operator allowed. Never lets cookies through, since there are none.
 * @param settings reads the settings; when they cannot be read no origin is allowed
 */
export async function corsHeaders(
  request: ServiceRequest,
  settings: (request: ServiceRequest) => Promise<Settings>,
): Promise<Record<string, string>> {
  const origin = request.header('origin');
  if (origin === undefined) return {};
  const allowed = await settings(request).then(
    ({ corsOrigins }) => corsOrigins.includes(origin),
    () => false,
  );
  if (!allowed) return { vary: 'Origin' };
  const common = { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
  if (request.method !== 'OPTIONS') return common;
  return {
    ...common,
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': 'Authorization, X-Request-Id',
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
}
