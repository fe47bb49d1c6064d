import { altercpa } from './altercpa.ts';
import type { Dialect, ServiceName } from './dialect.ts';
import { hotspot } from './hotspot.ts';
import { keys } from './keys.ts';
import { native } from './native.ts';
import { phpstrap } from './phpstrap.ts';
import { webApi } from './web-api.ts';

/** All dialects, narrow paths before wide ones: the first that owns a path has it. A sixth API is one file and one line here. */
export const DIALECTS: readonly Dialect[] = [webApi, keys, phpstrap, hotspot, altercpa, native];

/** Where a request goes and whose words its faults are told in. */
export interface Route {
  readonly dialect: Dialect;
  readonly service: ServiceName;
  /** The site that a cloud host names, else null. */
  readonly slug: string | null;
}

/**
 * Finds the dialect and the service of a request.
 * @param path the path as sent, without the query
 * @param host the Host header; `{slug}.{cloudDomain}` belongs whole to the voucher API
 * @param cloudDomain the domain of the sites' cloud hosts, if there is one
 * @returns null for a path that no dialect owns
 */
export function findRoute(path: string, host: string | undefined, cloudDomain: string | undefined): Route | null {
  const slug = cloudSlug(host, cloudDomain);
  if (slug !== null) return { dialect: hotspot, service: 'hotspot', slug };
  for (const dialect of DIALECTS) {
    const service = dialect.serviceOf(path);
    if (service !== null) return { dialect, service, slug: null };
  }
  return null;
}

/**
 * The site's slug in a cloud host name.
 * @returns the label before the cloud domain, lower case, or null when the host is not below the cloud domain
 */
export function cloudSlug(host: string | undefined, cloudDomain: string | undefined): string | null {
  if (host === undefined || cloudDomain === undefined) return null;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const suffix = `.${cloudDomain.toLowerCase()}`;
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : null;
}
